import type { ClaimRule } from '../claims/claim-rules.ts'
import type { EmailClaims, EmailPolicy } from '../claims/read-email.ts'
import type { KeySetState } from '../keys/cached-key-set.ts'
import type { KeyStore } from '../keys/key-store.ts'
import type { PublicKey } from '../keys/public-jwk.ts'
import type { SharedKeySets } from '../keys/shared-key-sets.ts'
import type { MintOptions } from '../mint/mint-options.ts'
import type { TokenHeader } from '../token/check-header.ts'
import type { CookieReader } from '../token/cookie-reader.ts'
import type { Token } from '../token/read-token.ts'
import type { Claims } from '../token/strict-json.ts'

/** Signatures that a public key verifies (RFC 7518, RFC 8037). */
export const ASYMMETRIC_ALGORITHMS = ['RS256', 'ES256', 'ES384', 'EdDSA'] as const

/** The algorithms we know, by their names in a token's header: signatures, and for encrypted tokens their `enc`. */
export type SessionAlgorithm = 'HS256' | AsymmetricAlgorithm | ContentEncryption
export type AsymmetricAlgorithm = (typeof ASYMMETRIC_ALGORITHMS)[number]
export type ContentEncryption = 'A256CBC-HS512' | 'A256GCM'

/** What a token may call itself: 'JWT' (also when it says nothing) or 'at+jwt', an OAuth access token of RFC 9068. */
export type TokenType = 'JWT' | 'at+jwt'

/** How a token is written: 'signed' has three parts, 'encrypted' five, and 'opaque' is known to its maker alone. */
export type TokenForm = 'signed' | 'encrypted' | 'opaque'

/** What to do with a token under which somebody else, such as a support agent, acts in the name of the person. */
export type Impersonation = 'refuse' | 'flag'

/** What verifying may use besides the token. */
export interface World {
  readonly now: () => Date
  readonly keyStore?: KeyStore | undefined
  readonly keySets?: SharedKeySets | undefined
  /** For presets that were given none. */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/** Finds the key for a header, or throws a SessionError; reads the time only to decide how old a key set is. */
export type FindKey = (header: TokenHeader, world: World) => Promise<CryptoKey>

/** What is known of a token once it is proven: who made it says these claims. */
export interface Proof {
  readonly claims: Claims
  /** The proof is good until then; absent when the token's own `exp` says all. */
  readonly keepUntil?: Date
}

/** Proves a token of the preset's form, or throws a SessionError. */
export type Prove = (token: Token, world: World) => Promise<Proof>

/**
 * How the tokens of one kind of session are verified. Made by this package's functions, such as `jwks` or `auth0`; every
 * field may be printed: keys and secrets are held by functions and cannot be read from the object.
 */
export interface SessionPreset {
  /** The function that made it, such as 'jwks'. */
  readonly name: string
  /** Where the keys come from, in words, without any secret. */
  readonly keySource: string
  readonly form: TokenForm
  /** Accepted issuers, compared exactly; empty accepts any issuer. */
  readonly issuers: readonly string[]
  /** Whom the tokens are for, where one backend numbers several kinds of people separately, such as a Warden scope. */
  readonly people?: string
  /** Required audience; undefined accepts any audience. */
  readonly audience: string | undefined
  /** Accepted algorithms: HS256 alone, public-key ones, or one content encryption, never a mixture. */
  readonly algorithms: readonly SessionAlgorithm[]
  readonly types: readonly TokenType[]
  /** The cookie that carries the token when there is no Authorization header. */
  readonly cookie: string | undefined
  /** Names that lead to the subject inside the claims. */
  readonly subjectPath: readonly string[]
  /** Names that lead to the email inside the claims. */
  readonly emailPath: readonly string[]
  /** Longest accepted `exp - iat`, in seconds; when set, `iat` is required. */
  readonly maxLifetimeSeconds: number | undefined
  readonly impersonation: Impersonation
  /** What else must hold of the claims, checked in order before the times. */
  readonly claimRules: readonly ClaimRule[]
  readonly readCookie: CookieReader
  readonly readSubject: (claims: Claims) => string
  readonly readEmail: (claims: Claims, policy?: EmailPolicy) => EmailClaims
  readonly isImpersonated: (claims: Claims) => boolean
  readonly prove: Prove
  /** How its key set stands; only where keys are loaded from a provider. */
  readonly describeKeys?: (now: Date) => KeySetState
  /** Loads the key set anew, beside what is kept of it, and says which keys it has; rejects with the reason. Only where `describeKeys` is. */
  readonly loadKeys?: (world: World) => Promise<readonly Pick<PublicKey, 'kid' | 'algorithm'>[]>
  /** The same, for the pages of these origins alone; only where tokens name the page they were made for, and no option did. */
  readonly forOrigins?: (origins: readonly string[]) => SessionPreset
  /** Makes a token that this preset accepts; only where the key that verifies is the one that signs. */
  readonly mint?: Mint
}

/** Like `mintSession`, with key, issuer and audience filled in. */
export type Mint = (options: Omit<MintOptions, 'secret' | 'privateKey' | 'kid' | 'issuer' | 'audience'>) => Promise<string>
