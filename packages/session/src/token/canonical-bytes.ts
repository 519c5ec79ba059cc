import { base64url } from 'jose'
import { SessionError } from '../session-error.ts'

const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Decodes one part of a token. The last character of a part carries unused bits: four spellings decode alike, and one
 * of them encodes back. Only that one is accepted.
 * @throws SessionError `not_canonical`
 */
export function canonicalBytes(part: string, where: string): Uint8Array {
  if (!BASE64URL.test(part) || part.length % 4 === 1) throw new SessionError('not_canonical', { where })
  const bytes = base64url.decode(part)
  if (base64url.encode(bytes) !== part) throw new SessionError('not_canonical', { where })
  return bytes
}
