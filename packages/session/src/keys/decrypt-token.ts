import { compactDecrypt, errors } from 'jose'
import type { ContentEncryption } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import type { EncryptedToken } from '../token/parse-encrypted.ts'
import { parseStrictJson } from '../token/strict-json.ts'
import type { Claims } from '../token/strict-json.ts'

/**
 * Decrypts a token with one key and one way of encryption; that it decrypts proves that a holder of the secret made it.
 * @throws SessionError `decryption_failed`, and those of the payload's JSON
 */
export async function decryptToken(token: EncryptedToken, key: Uint8Array, encryption: ContentEncryption): Promise<Claims> {
  return parseStrictJson(await plaintextOf(token.compact, key, encryption), 'payload')
}

async function plaintextOf(compact: string, key: Uint8Array, encryption: ContentEncryption): Promise<Uint8Array> {
  const allowed = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: [encryption] }
  try {
    return (await compactDecrypt(compact, key, allowed)).plaintext
  } catch (cause) {
    // Anything else is a mistake of ours and must not pass for a bad token.
    if (cause instanceof errors.JOSEError) throw new SessionError('decryption_failed', { cause })
    throw cause
  }
}
