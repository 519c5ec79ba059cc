import { describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { EncryptedToken } from '../token/parse-encrypted.ts'
import type { ParsedToken } from '../token/parse-token.ts'
import type { Token } from '../token/read-token.ts'
import type { SessionPreset } from './session-preset.ts'

/**
 * Narrows the configured presets to those that may verify this token. The issuer and algorithm that the token claims
 * pick among what is configured and never add to it; each preset left still verifies the token in full.
 * @returns at least one preset, in the configured order.
 * @throws SessionError `issuer_mismatch`, `alg_not_allowed`
 */
export function choosePresets(presets: readonly SessionPreset[], token: Token): readonly SessionPreset[] {
  if (token.form === 'signed') return forSigned(presets, token)
  const ofForm = presets.filter(({ form }) => form === token.form)
  return token.form === 'opaque' ? ofForm : forEncrypted(ofForm, token)
}

function forEncrypted(presets: readonly SessionPreset[], { header: { enc } }: EncryptedToken): readonly SessionPreset[] {
  return withAlgorithm(presets, enc)
}

function forSigned(presets: readonly SessionPreset[], { header, claims }: ParsedToken): readonly SessionPreset[] {
  const signed = presets.filter(({ form }) => form === 'signed')
  const opaque = presets.filter(({ form }) => form === 'opaque')
  const named = signed.filter(({ issuers }) => issuers.some((issuer) => issuer === claims.iss))
  // What one issuer signed is no other party's business: it is not shown to an endpoint that is asked about tokens.
  if (named.length > 0) return withAlgorithm(named, header.alg)
  const unnamed = signed.filter(({ issuers }) => issuers.length === 0)
  if (opaque.length > 0) return [...unnamed.filter((preset) => allows(preset, header.alg)), ...opaque]
  return withAlgorithm(presetsOfIssuer(signed, claims.iss), header.alg)
}

function withAlgorithm(presets: readonly SessionPreset[], algorithm: string): readonly SessionPreset[] {
  const chosen = presets.filter((preset) => allows(preset, algorithm))
  if (chosen.length > 0) return chosen
  const expected = [...new Set(presets.flatMap(({ algorithms }) => algorithms))].join(', ')
  throw new SessionError('alg_not_allowed', { expected, got: describeValue(algorithm) })
}

function allows({ algorithms }: SessionPreset, algorithm: string): boolean {
  return algorithms.some((accepted) => accepted === algorithm)
}

/** No preset names the issuer: left are those that name none. */
function presetsOfIssuer(presets: readonly SessionPreset[], issuer: unknown): readonly SessionPreset[] {
  // With one preset there is nothing to pick: a wrong issuer is told apart only after the signature is good.
  if (presets.length === 1) return presets
  const unnamed = presets.filter(({ issuers }) => issuers.length === 0)
  if (unnamed.length > 0) return unnamed
  const expected = presets.flatMap(({ issuers }) => issuers).join(', ')
  throw new SessionError('issuer_mismatch', { where: 'iss', expected, got: describeValue(issuer) })
}
