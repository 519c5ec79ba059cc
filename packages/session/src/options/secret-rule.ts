import type { OptionRule } from './check-options.ts'

export const MIN_SECRET_BYTES = 32

/** A shared secret shorter than the hash it keys can be guessed offline from one token (RFC 7518, 3.2). */
export const SECRET = {
  expected: `a string or Uint8Array of at least ${MIN_SECRET_BYTES} bytes (make one with \`openssl rand -base64 48\`)`,
  accepts: (value: unknown) => isSecret(value) && secretBytes(value).length >= MIN_SECRET_BYTES,
  secret: true,
} as const satisfies OptionRule

/** A copy, so that a caller who wipes or reuses the buffer later does not change the key. */
export function secretBytes(secret: string | Uint8Array): Uint8Array<ArrayBuffer> {
  return typeof secret === 'string' ? new TextEncoder().encode(secret) : new Uint8Array(secret)
}

function isSecret(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}
