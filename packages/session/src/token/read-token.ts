import type { SessionPreset } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import { parseEncrypted } from './parse-encrypted.ts'
import type { EncryptedToken } from './parse-encrypted.ts'
import { parseOpaque } from './parse-opaque.ts'
import type { OpaqueToken } from './parse-opaque.ts'
import { parseToken } from './parse-token.ts'
import type { ParsedToken } from './parse-token.ts'

/** A token that is well-formed and not yet proven. */
export type Token = ParsedToken | EncryptedToken | OpaqueToken

/**
 * Reads a token in the form that the presets are for: signed has three parts, encrypted has five, opaque is whatever
 * another party made up.
 * @throws SessionError `SESSION_INVALID`
 */
export function readToken(text: string, presets: readonly SessionPreset[]): Token {
  const forms = new Set(presets.map(({ form }) => form))
  if (forms.has('encrypted') && (forms.size === 1 || text.split('.', 6).length === 5)) return parseEncrypted(text)
  if (!forms.has('opaque')) return parseToken(text)
  return forms.has('signed') ? signedOrOpaque(text) : parseOpaque(text)
}

function signedOrOpaque(text: string): Token {
  try {
    return parseToken(text)
  } catch (error) {
    if (error instanceof SessionError) return parseOpaque(text)
    throw error
  }
}
