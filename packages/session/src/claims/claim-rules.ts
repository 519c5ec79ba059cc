import { describeShape, describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'

/** Something that must hold of the claims; throws a SessionError when it does not. */
export type ClaimRule = (claims: Claims) => void

/** Issuers are compared character by character (RFC 7519, 4.1.1); an empty list accepts any, or none. */
export function issuerIsOneOf(issuers: readonly string[]): ClaimRule {
  return ({ iss }) => {
    if (issuers.length === 0 && iss === undefined) return
    if (iss === undefined) throw new SessionError('claim_missing', { where: 'iss', expected: issuers.join(' or ') })
    if (typeof iss !== 'string') throw malformed('iss', 'a string', iss)
    if (issuers.length === 0 || issuers.includes(iss)) return
    throw new SessionError('issuer_mismatch', { where: 'iss', expected: issuers.join(' or '), got: describeValue(iss) })
  }
}

/** `aud` is one string or a list of them (RFC 7519, 4.1.3); ours must be among them. */
export function audienceHas(audience: string): ClaimRule {
  return ({ aud }) => {
    if (aud === undefined) throw new SessionError('claim_missing', { where: 'aud', expected: audience })
    const audiences: unknown[] = [aud].flat()
    if (!audiences.every((each) => typeof each === 'string')) throw malformed('aud', 'a string or a list of strings', aud)
    if (audiences.includes(audience)) return
    const got = audiences.slice(0, 5).map(describeValue).join(', ')
    throw new SessionError('audience_mismatch', { where: 'aud', expected: audience, got })
  }
}

function malformed(where: string, expected: string, value: unknown): SessionError {
  return new SessionError('claim_malformed', { where, expected, got: describeShape(value) })
}
