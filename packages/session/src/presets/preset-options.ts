import type { OptionRule, OptionRules } from '../options/check-options.ts'
import { COOKIE, EXACT_TEXT } from '../options/text-rules.ts'
import { ASYMMETRIC_ALGORITHMS } from './session-preset.ts'
import type { AsymmetricAlgorithm, Impersonation, TokenType } from './session-preset.ts'

/** What every preset can be told, those of providers too. */
export interface CommonOptions {
  /** The cookie to look in when a request has no Authorization header. Without it, cookies are not read. */
  cookie?: string
  /**
   * Where the email is in the claims, one name per level. Default `['email']`. A name may hold dots and slashes:
   * `['https://example.com/email']` is one name.
   */
  email?: readonly string[]
  /** Where it says whether the email is verified, one name per level. Default: `email_verified`, `emailVerified` or `email_verified_at`, beside the email or on top. */
  emailVerified?: readonly string[]
  /** Longest accepted `exp - iat` in seconds, at least 1; when set, `iat` is required. */
  maxLifetimeSeconds?: number
  /**
   * What to do when somebody else acts in the name of the person, as support staff do: 'refuse', or 'flag', which accepts
   * and says `impersonated`. Default: 'refuse' where the provider has impersonation, else 'flag'.
   */
  impersonation?: Impersonation
}

/** What the presets that are not made for one provider can be told. */
export interface PresetOptions extends CommonOptions {
  /** The exact `aud` that must be present, alone or in a list. Without it, a token for any audience is accepted. */
  audience?: string
  /** Accepted values of the header's `typ`. Default `['JWT']`, which also accepts a token that has none. */
  types?: readonly TokenType[]
}

const TYPES: readonly unknown[] = ['JWT', 'at+jwt'] satisfies TokenType[]
const ASYMMETRIC: readonly unknown[] = ASYMMETRIC_ALGORITHMS
const IMPERSONATION: readonly unknown[] = ['refuse', 'flag'] satisfies Impersonation[]

export const COMMON_RULES = {
  cookie: COOKIE,
  email: claimPath('the email', 'email'),
  emailVerified: claimPath('the verified', 'email_verified'),
  maxLifetimeSeconds: {
    expected: 'a number of seconds, at least 1',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 1,
    loosens: true,
  },
  impersonation: { expected: "'refuse' or 'flag'", accepts: (value) => IMPERSONATION.includes(value) },
} as const satisfies OptionRules

export const PRESET_RULES = {
  issuer: { ...EXACT_TEXT, loosens: true },
  audience: { ...EXACT_TEXT, loosens: true },
  ...COMMON_RULES,
  types: {
    expected: "a list of 'JWT' and 'at+jwt'",
    accepts: (value) => isListOf(value, TYPES.length, (type) => TYPES.includes(type)),
  },
} as const satisfies OptionRules

/** What a provider's key set is used for unless its preset says otherwise. ES384 is for the few that sign with nothing else. */
export const DEFAULT_ALGORITHMS: readonly AsymmetricAlgorithm[] = ['RS256', 'ES256', 'EdDSA']

/** The option of the presets that hold public keys: HS256 is not among them, or a public key would serve as a secret. */
export const ALGORITHMS: OptionRule = {
  expected: "a list of 'RS256', 'ES256', 'ES384' and 'EdDSA'",
  accepts: (value) => isListOf(value, ASYMMETRIC.length, (algorithm) => ASYMMETRIC.includes(algorithm)),
}

/** Names that lead to a claim, one per level. */
export function claimPath(what: string, example: string): OptionRule {
  return {
    expected: `a list of 1 to 8 names that lead to ${what} claim, such as ['${example}']`,
    accepts: (value) => isListOf(value, 8, (name) => typeof name === 'string' && name.length > 0),
  }
}

export function isListOf(value: unknown, maxLength: number, accepts: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= maxLength && value.every(accepts)
}
