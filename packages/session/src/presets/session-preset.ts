import type { ClaimRule } from '../claims/claim-rules.ts'
import type { MintOptions } from '../mint/mint-options.ts'
import type { TokenHeader } from '../token/check-header.ts'

/** The signature algorithms we know, by their names in a token's header. */
export type SessionAlgorithm = 'HS256' | AsymmetricAlgorithm
export type AsymmetricAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

/** What a token may call itself: 'JWT' (also when it says nothing) or 'at+jwt', an OAuth access token of RFC 9068. */
export type TokenType = 'JWT' | 'at+jwt'

/** Finds the key for a header, or throws a SessionError; reads the time only to decide how old a key set is. */
export type FindKey = (header: TokenHeader, now: () => Date) => Promise<CryptoKey>

/**
 * How the tokens of one kind of session are verified. Made by `sharedSecret`, `publicKey` or `jwks`; every field
 * may be printed: keys and secrets are held by `findKey` and cannot be read from the object.
 */
export interface SessionPreset {
  /** The function that made it, such as 'jwks'. */
  readonly name: string
  /** Where the keys come from, in words, without any secret. */
  readonly keySource: string
  /** Accepted issuers, compared exactly; empty accepts any issuer. */
  readonly issuers: readonly string[]
  /** Required audience; undefined accepts any audience. */
  readonly audience: string | undefined
  /** Accepted algorithms: HS256 alone, or public-key ones, never both. */
  readonly algorithms: readonly SessionAlgorithm[]
  readonly types: readonly TokenType[]
  /** The cookie that carries the token when there is no Authorization header. */
  readonly cookie: string | undefined
  /** Names that lead to the email inside the claims. */
  readonly emailPath: readonly string[]
  /** Longest accepted `exp - iat`, in seconds; when set, `iat` is required. */
  readonly maxLifetimeSeconds: number | undefined
  /** What else must hold of the claims, checked in order before the times. */
  readonly claimRules: readonly ClaimRule[]
  readonly findKey: FindKey
  /** Makes a token that this preset accepts; only where the key that verifies is the one that signs. */
  readonly mint?: Mint
}

/** Like `mintSession`, with key, issuer and audience filled in. */
export type Mint = (options: Omit<MintOptions, 'secret' | 'privateKey' | 'kid' | 'issuer' | 'audience'>) => Promise<string>
