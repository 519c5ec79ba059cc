import { secretBytes } from '../options/secret-rule.ts'

/** Makes the HMAC-SHA-256 key for one use: the other one is refused by the runtime. */
export function importSecret(secret: string | Uint8Array, usage: 'sign' | 'verify'): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', secretBytes(secret), { name: 'HMAC', hash: 'SHA-256' }, false, [usage])
}
