const MAX_QUOTED_LENGTH = 60

/** Shows a value inside a message: text in quotes, cut after 60 characters, without control characters; others by kind. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const visible = value.toWellFormed().replace(/[\p{Cc}\u2028\u2029]/gu, '\ufffd')
    return visible.length > MAX_QUOTED_LENGTH ? `'${visible.slice(0, MAX_QUOTED_LENGTH)}…' (${value.length} characters)` : `'${visible}'`
  }
  if (value === null || ['number', 'boolean', 'undefined', 'bigint'].includes(typeof value)) return String(value)
  return Array.isArray(value) ? 'an array' : `an ${typeof value}`
}
