import { compactVerify, errors } from 'jose'
import type { SessionAlgorithm } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import type { ParsedToken } from '../token/parse-token.ts'

/**
 * Checks the signature, with the algorithms that the preset allows and no others.
 * @throws SessionError `signature_mismatch`
 */
export async function checkSignature(
  { compact }: ParsedToken,
  key: CryptoKey,
  algorithms: readonly SessionAlgorithm[],
): Promise<void> {
  try {
    await compactVerify(compact, key, { algorithms: [...algorithms] })
  } catch (cause) {
    // Anything else is a mistake of ours and must not pass for a bad token.
    if (cause instanceof errors.JOSEError) throw new SessionError('signature_mismatch', { cause })
    throw cause
  }
}
