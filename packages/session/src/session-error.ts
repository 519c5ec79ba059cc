/** What a server answers: 401 for the first three, 503 for `SESSION_KEYS_UNAVAILABLE` (the token may well be good). */
export type SessionErrorCode = 'SESSION_MISSING' | 'SESSION_EXPIRED' | 'SESSION_INVALID' | 'SESSION_KEYS_UNAVAILABLE'

/** One row per way a session can fail. The reason is for logs; the code is all that a stranger may hear. */
export const REASONS = {
  no_token: { code: 'SESSION_MISSING', says: 'no session token was sent' },
  wrong_scheme: { code: 'SESSION_MISSING', says: 'the Authorization header carries no Bearer token' },
  expired: { code: 'SESSION_EXPIRED', says: 'the session token has expired' },
  keys_unavailable: { code: 'SESSION_KEYS_UNAVAILABLE', says: 'what proves the token could not be loaded' },
  several_tokens: { code: 'SESSION_INVALID', says: 'more than one session token was sent' },
  too_small: { code: 'SESSION_INVALID', says: 'the token is too short' },
  too_large: { code: 'SESSION_INVALID', says: 'the token is too long' },
  not_compact: { code: 'SESSION_INVALID', says: 'the token is not a signed token in compact form' },
  not_canonical: { code: 'SESSION_INVALID', says: 'the token is not canonical base64url' },
  not_utf8: { code: 'SESSION_INVALID', says: 'the text is not well-formed UTF-8' },
  not_json: { code: 'SESSION_INVALID', says: 'the text is not JSON' },
  not_object: { code: 'SESSION_INVALID', says: 'the JSON is not an object' },
  too_deep: { code: 'SESSION_INVALID', says: 'the JSON is nested too deep' },
  duplicate_member: { code: 'SESSION_INVALID', says: 'a JSON member occurs twice' },
  member_not_allowed: { code: 'SESSION_INVALID', says: 'a JSON member has a name that is not allowed' },
  not_well_formed: { code: 'SESSION_INVALID', says: 'a JSON string holds half of a surrogate pair' },
  number_not_finite: { code: 'SESSION_INVALID', says: 'a JSON number is too large to be represented' },
  header_not_allowed: { code: 'SESSION_INVALID', says: 'the header has a parameter that is not allowed' },
  header_malformed: { code: 'SESSION_INVALID', says: 'a header parameter is malformed' },
  alg_not_allowed: { code: 'SESSION_INVALID', says: 'the algorithm is not allowed' },
  typ_not_allowed: { code: 'SESSION_INVALID', says: 'the type of token is not allowed' },
  kid_missing: { code: 'SESSION_INVALID', says: 'the token names no key and several would fit' },
  kid_ambiguous: { code: 'SESSION_INVALID', says: 'several keys of the set have this key id' },
  unknown_kid: { code: 'SESSION_INVALID', says: 'no key fits the token' },
  key_unusable: { code: 'SESSION_INVALID', says: 'the key that the token names cannot be used' },
  signature_mismatch: { code: 'SESSION_INVALID', says: 'the signature does not match' },
  issuer_mismatch: { code: 'SESSION_INVALID', says: 'the issuer is not the configured one' },
  audience_mismatch: { code: 'SESSION_INVALID', says: 'the audience is not the configured one' },
  claim_missing: { code: 'SESSION_INVALID', says: 'a required claim is missing' },
  claim_malformed: { code: 'SESSION_INVALID', says: 'a claim is malformed' },
  not_yet_valid: { code: 'SESSION_INVALID', says: 'the token is not valid yet' },
  cookie_malformed: { code: 'SESSION_INVALID', says: 'the session cookie does not hold what its provider writes there' },
  token_malformed: { code: 'SESSION_INVALID', says: 'the token has characters that no token has' },
  decryption_failed: { code: 'SESSION_INVALID', says: 'the token was not encrypted with the configured secret' },
  token_inactive: { code: 'SESSION_INVALID', says: 'whoever made the token does not know it, or not any more' },
  kind_not_allowed: { code: 'SESSION_INVALID', says: 'the token was not made as a session of a person' },
  party_mismatch: { code: 'SESSION_INVALID', says: 'the token was made for another app' },
  impersonated: { code: 'SESSION_INVALID', says: 'somebody else acts in the name of the person' },
  denied: { code: 'SESSION_INVALID', says: 'the session is on the deny list' },
  lifetime_too_long: { code: 'SESSION_INVALID', says: 'the token lives too long' },
} as const satisfies Record<string, { code: SessionErrorCode; says: string }>

export type SessionReason = keyof typeof REASONS

/**
 * `where` names the claim, parameter or part; `expected` and `got` never hold a secret, an email or a whole token. `retryAfterSeconds`:
 * the same token may be good by then.
 */
export interface SessionErrorDetails {
  where?: string
  expected?: string
  got?: string
  retryAfterSeconds?: number
  cause?: unknown
}

/**
 * Why a session was refused.
 *
 * `SESSION_MISSING`: nothing that could be a session token was sent.
 * `SESSION_EXPIRED`: signature, issuer and audience were checked and are good; only `exp` is past.
 * `SESSION_INVALID`: nothing in the token can be trusted. With `retryAfterSeconds`, its key may be too new to be known: try again then.
 * `SESSION_KEYS_UNAVAILABLE`: nothing is known about the token, because no key set could be loaded; try again later.
 */
export class SessionError extends Error {
  override readonly name = 'SessionError'
  readonly code: SessionErrorCode
  readonly reason: SessionReason
  readonly where: string | undefined
  readonly expected: string | undefined
  readonly got: string | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(reason: SessionReason, details: SessionErrorDetails = {}) {
    super(sentence(reason, details), 'cause' in details ? { cause: details.cause } : {})
    this.code = REASONS[reason].code
    this.reason = reason
    this.where = details.where
    this.expected = details.expected
    this.got = details.got
    this.retryAfterSeconds = details.retryAfterSeconds
  }
}

function sentence(reason: SessionReason, { where, expected, got }: SessionErrorDetails): string {
  const parts = [where && `at ${where}`, expected && `expected ${expected}`, got && `got ${got}`].filter(Boolean)
  return parts.length === 0 ? REASONS[reason].says : `${REASONS[reason].says}: ${parts.join(', ')}`
}
