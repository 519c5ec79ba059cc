import { SessionError } from '../session-error.ts'
import { canonicalBytes } from './canonical-bytes.ts'
import { checkEncryptedHeader } from './check-encrypted-header.ts'
import type { EncryptedHeader } from './check-encrypted-header.ts'
import { checkLength } from './check-length.ts'
import { MIN_TOKEN_CHARACTERS } from './parse-token.ts'
import { parseStrictJson } from './strict-json.ts'

/** An encrypted token that is well-formed. Nothing in it has been decrypted yet. */
export interface EncryptedToken {
  readonly form: 'encrypted'
  readonly compact: string
  readonly header: EncryptedHeader
}

const PARTS = 5
/** Twice a signed token's: what a provider encrypts is often the whole profile, and base64 is added twice. */
export const MAX_ENCRYPTED_CHARACTERS = 16_384

/**
 * Takes an encrypted token apart: header, an encrypted key that is empty (the key is agreed beforehand), initialisation
 * vector, ciphertext, tag. As with signed tokens, each has one accepted spelling.
 * @throws SessionError `SESSION_INVALID`
 */
export function parseEncrypted(compact: string): EncryptedToken {
  checkLength(compact, MIN_TOKEN_CHARACTERS, MAX_ENCRYPTED_CHARACTERS)
  const parts = compact.split('.')
  const [header, encryptedKey, vector, ciphertext, tag] = parts
  if (parts.length !== PARTS || header === undefined || vector === undefined || ciphertext === undefined || tag === undefined) {
    throw new SessionError('not_compact', { expected: `${PARTS} parts, of which the second is empty`, got: `${parts.length}` })
  }
  const checked = checkEncryptedHeader(parseStrictJson(canonicalBytes(header, 'header'), 'header'))
  if (encryptedKey !== '') throw new SessionError('not_compact', { where: 'encrypted key', expected: 'nothing' })
  canonicalBytes(vector, 'initialisation vector')
  canonicalBytes(ciphertext, 'ciphertext')
  canonicalBytes(tag, 'tag')
  return { form: 'encrypted', compact, header: checked }
}
