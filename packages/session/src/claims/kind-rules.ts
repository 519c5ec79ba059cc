import { describeShape, describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { SessionReason } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'
import type { ClaimRule } from './claim-rules.ts'

/** Allowed texts that a refusal names; a site may have thousands of origins. */
const MOST_NAMED = 10

/**
 * A claim that must be there and be one of these texts: it keeps a token of the same issuer that was made for something
 * else (an ID token, a refresh token, a token for another app) from passing as a session.
 */
export function claimIsOneOf(where: string, allowed: readonly string[], reason: SessionReason = 'kind_not_allowed'): ClaimRule {
  const expected = inWords(allowed)
  return (claims) => {
    const value = claims[where]
    if (value === undefined) throw new SessionError('claim_missing', { where, expected })
    if (typeof value !== 'string') throw new SessionError('claim_malformed', { where, expected, got: describeShape(value) })
    if (!allowed.includes(value)) throw new SessionError(reason, { where, expected, got: describeValue(value) })
  }
}

/**
 * The app that a token was given to, where providers have several names for it ('azp' in older tokens, 'client_id' in those of RFC
 * 9068): one of the claims must be there, and every one that is must be an allowed text.
 */
export function partyIsOneOf(names: readonly string[], allowed: readonly string[]): ClaimRule {
  return (claims) => {
    const present = names.filter((name) => claims[name] !== undefined)
    if (present.length === 0) throw new SessionError('claim_missing', { where: names.join(' or '), expected: inWords(allowed) })
    for (const name of present) claimIsOneOf(name, allowed, 'party_mismatch')(claims)
  }
}

/** A claim that must be there, as a text that is not empty. Its value is never shown. */
export function claimIsText(where: string): ClaimRule {
  return ({ [where]: value }) => {
    if (value === undefined) throw new SessionError('claim_missing', { where })
    if (typeof value === 'string' && value.length > 0) return
    throw new SessionError('claim_malformed', { where, expected: 'a string', got: describeShape(value) })
  }
}

/** Refuses tokens of a kind; `kind` completes "the token is …" in the log. */
export function refuseKind(kind: string, isOfKind: (claims: Claims) => boolean): ClaimRule {
  return (claims) => {
    if (isOfKind(claims)) throw new SessionError('kind_not_allowed', { got: kind })
  }
}

function inWords(allowed: readonly string[]): string {
  const others = allowed.length - MOST_NAMED
  return [...allowed.slice(0, MOST_NAMED), ...(others > 0 ? [`${others} others`] : [])].join(' or ')
}
