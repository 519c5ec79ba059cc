import { describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { ParsedToken } from '../token/parse-token.ts'
import type { SessionPreset } from './session-preset.ts'

/**
 * Narrows the configured presets to those that may verify this token. The issuer and algorithm that the token claims
 * pick among what is configured and never add to it; each preset left still verifies the token in full.
 * @returns at least one preset, in the configured order.
 * @throws SessionError `issuer_mismatch`, `alg_not_allowed`
 */
export function choosePresets(presets: readonly SessionPreset[], { header, claims }: ParsedToken): readonly SessionPreset[] {
  const ofIssuer = presetsOfIssuer(presets, claims.iss)
  const chosen = ofIssuer.filter(({ algorithms }) => algorithms.some((algorithm) => algorithm === header.alg))
  if (chosen.length > 0) return chosen
  const expected = [...new Set(ofIssuer.flatMap(({ algorithms }) => algorithms))].join(', ')
  throw new SessionError('alg_not_allowed', { expected, got: describeValue(header.alg) })
}

function presetsOfIssuer(presets: readonly SessionPreset[], issuer: unknown): readonly SessionPreset[] {
  // With one preset there is nothing to pick: a wrong issuer is told apart only after the signature is good.
  if (presets.length === 1) return presets
  const named = presets.filter(({ issuers }) => issuers.some((configured) => configured === issuer))
  if (named.length > 0) return named
  const unnamed = presets.filter(({ issuers }) => issuers.length === 0)
  if (unnamed.length > 0) return unnamed
  const expected = presets.flatMap(({ issuers }) => issuers).join(', ')
  throw new SessionError('issuer_mismatch', { where: 'iss', expected, got: describeValue(issuer) })
}
