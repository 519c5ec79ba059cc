export interface KeyDerivation {
  readonly secret: Uint8Array<ArrayBuffer>
  readonly salt: string
  /** Keeps keys for different purposes apart, though they come from one secret. */
  readonly purpose: string
  readonly bytes: number
}

/** Derives a key from a secret with HKDF over SHA-256 (RFC 5869). */
export async function derivedKey({ secret, salt, purpose, bytes }: KeyDerivation): Promise<Uint8Array> {
  const text = new TextEncoder()
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  const parameters = { name: 'HKDF', hash: 'SHA-256', salt: text.encode(salt), info: text.encode(purpose) }
  return new Uint8Array(await crypto.subtle.deriveBits(parameters, material, bytes * 8))
}
