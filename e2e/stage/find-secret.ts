/** Characters of a needle below which it would be found by chance. */
const MIN_NEEDLE_LENGTH = 8

/** How a secret may be written: as it is, in any base64 (inside a longer text too), in hex, or for an address. */
export function spellingsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const inBase64 = [0, 1, 2].map((shift) => insideBase64(bytes, shift))
  const all = [
    secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex'),
    ...inBase64, ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...inBase64.map(encodeURIComponent),
  ]
  return [...new Set(all)]
}

/** Says which of the named secrets a text holds, in any spelling. */
export function findSecrets(text: string, secrets: Readonly<Record<string, string>>): string[] {
  const lower = text.toLowerCase()
  return Object.entries(secrets).flatMap(([name, secret]) => {
    if (secret.length < MIN_NEEDLE_LENGTH) throw new TypeError(`the secret '${name}' is too short to be looked for`)
    return spellingsOf(secret).some((spelling) => lower.includes(spelling.toLowerCase())) ? [name] : []
  })
}

/** The characters of a base64 text that depend on these bytes alone, when so many others stand before them. */
function insideBase64(bytes: Buffer, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64').replace(/=+$/, '')
  const whole = Math.floor(((shift + bytes.length) * 8) / 6)
  return encoded.slice(shift === 0 ? 0 : shift + 1, whole)
}
