import { audienceHas, issuerIsOneOf } from '../claims/claim-rules.ts'
import type { OptionRule, OptionRules } from '../options/check-options.ts'
import { COOKIE, EXACT_TEXT } from '../options/text-rules.ts'
import type { AsymmetricAlgorithm, FindKey, Mint, SessionAlgorithm, SessionPreset, TokenType } from './session-preset.ts'

/** What every preset can be told. */
export interface PresetOptions {
  /** The exact `aud` that must be present, alone or in a list. Without it, a token for any audience is accepted. */
  audience?: string
  /** The cookie to look in when a request has no Authorization header. Without it, cookies are not read. */
  cookie?: string
  /**
   * Where the email is in the claims, one name per level. Default `['email']`. A name may hold dots and slashes:
   * `['https://example.com/email']` is one name.
   */
  email?: readonly string[]
  /** Accepted values of the header's `typ`. Default `['JWT']`, which also accepts a token that has none. */
  types?: readonly TokenType[]
  /** Longest accepted `exp - iat` in seconds, at least 1; when set, `iat` is required. Without it, `exp` alone counts. */
  maxLifetimeSeconds?: number
}

/** What a preset knows beyond its common options. */
export interface PresetParts {
  readonly name: string
  readonly keySource: string
  readonly issuers: readonly string[]
  readonly algorithms: readonly SessionAlgorithm[]
  readonly findKey: FindKey
  readonly mint?: Mint
}

const DEFAULT_TYPES: readonly TokenType[] = ['JWT']
const TYPES: readonly unknown[] = ['JWT', 'at+jwt'] satisfies TokenType[]
const ASYMMETRIC: readonly unknown[] = ['RS256', 'ES256', 'EdDSA'] satisfies AsymmetricAlgorithm[]

export const PRESET_RULES = {
  issuer: { ...EXACT_TEXT, loosens: true },
  audience: { ...EXACT_TEXT, loosens: true },
  cookie: COOKIE,
  email: {
    expected: "a list of 1 to 8 names that lead to the email claim, such as ['email']",
    accepts: (value) => isListOf(value, 8, (name) => typeof name === 'string' && name.length > 0),
  },
  types: {
    expected: "a list of 'JWT' and 'at+jwt'",
    accepts: (value) => isListOf(value, TYPES.length, (type) => TYPES.includes(type)),
  },
  maxLifetimeSeconds: {
    expected: 'a number of seconds, at least 1',
    accepts: (value) => typeof value === 'number' && Number.isFinite(value) && value >= 1,
    loosens: true,
  },
} as const satisfies OptionRules

/** The option of the presets that hold public keys: HS256 is not among them, or a public key would serve as a secret. */
export const ALGORITHMS: OptionRule = {
  expected: "a list of 'RS256', 'ES256' and 'EdDSA'",
  accepts: (value) => isListOf(value, ASYMMETRIC.length, (algorithm) => ASYMMETRIC.includes(algorithm)),
}

/** Joins the common options with what one preset knows. A further preset is a file that ends in this call. */
export function buildPreset(options: PresetOptions, parts: PresetParts): SessionPreset {
  return Object.freeze({
    ...parts,
    audience: options.audience,
    cookie: options.cookie,
    emailPath: options.email ?? ['email'],
    types: options.types ?? DEFAULT_TYPES,
    maxLifetimeSeconds: options.maxLifetimeSeconds,
    claimRules: [issuerIsOneOf(parts.issuers), ...(options.audience === undefined ? [] : [audienceHas(options.audience)])],
  })
}

function isListOf(value: unknown, maxLength: number, accepts: (element: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.length <= maxLength && value.every(accepts)
}
