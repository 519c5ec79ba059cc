import type { CookieReader } from './cookie-reader.ts'

// Browsers keep at least 4096 bytes per cookie (RFC 6265, 6.1), so longer values are spread over several.
const MAX_CHUNKS = 16

/**
 * The cookie's value, or, when it was too long for one cookie, the values of `name.0`, `name.1`, … joined. Chunks after a
 * gap are left over from a longer session and are not read.
 */
export const chunkedCookie: CookieReader = (valueOf, name) => {
  const whole = valueOf(name)
  if (whole) return whole
  const chunks: string[] = []
  for (let index = 0; index < MAX_CHUNKS; index += 1) {
    const chunk = valueOf(`${name}.${index}`)
    if (!chunk) break
    chunks.push(chunk)
  }
  return chunks.join('') || undefined
}
