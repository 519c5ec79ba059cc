const MAX_SHOWN_CHARACTERS = 80

/** Says what a value is, for an error message: short, on one line, with control characters escaped. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string') return value.length > MAX_SHOWN_CHARACTERS ? describeShape(value) : `'${escaped(value)}'`
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value)
  return describeShape(value)
}

/** Says what kind of value it is and never what it holds: for secrets and keys. */
export function describeShape(value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value === 'string') return `a string of ${value.length} characters`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `an array of ${value.length}`
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replace(/[\u007f-\u009f\u2028\u2029]/g, '\ufffd')
}
