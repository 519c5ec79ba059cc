import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT, FUNCTION } from '../options/text-rules.ts'
import { KEY_SET_URL } from '../options/url-rule.ts'
import { keySetPreset } from './key-set-preset.ts'
import { ALGORITHMS, DEFAULT_ALGORITHMS, PRESET_RULES } from './preset-options.ts'
import type { PresetOptions } from './preset-options.ts'
import type { AsymmetricAlgorithm, SessionPreset } from './session-preset.ts'

export interface JwksOptions extends PresetOptions {
  /** Where the key set is published. https, or http on loopback; redirects are not followed. */
  url: string
  /** The exact `iss`, trailing slash included. */
  issuer: string
  /** Accepted algorithms. Of RS256, ES256, ES384 and EdDSA; default `['RS256', 'ES256', 'EdDSA']`. HS256 is never accepted with a key set. */
  algorithms?: readonly AsymmetricAlgorithm[]
  /** What loads the key set. Default: the runtime's `fetch`. */
  fetch?: typeof globalThis.fetch
}

const RULES = {
  ...PRESET_RULES,
  url: { ...KEY_SET_URL, required: true },
  issuer: { ...EXACT_TEXT, required: true },
  algorithms: ALGORITHMS,
  fetch: FUNCTION,
} as const

/**
 * Sessions signed by an identity provider that publishes its keys.
 *
 * Keys are loaded at the first token, used for 10 minutes, then refreshed in the background; while the provider is
 * down they stay good for 24 hours. At most one request per 30 seconds leaves, whatever tokens arrive.
 * @throws TypeError that names each wrong option.
 */
export function jwks(options: JwksOptions): SessionPreset {
  checkOptions('jwks', options, RULES)
  return keySetPreset(options, {
    name: 'jwks',
    issuers: [options.issuer],
    algorithms: options.algorithms ?? DEFAULT_ALGORITHMS,
    // Microsoft's older tokens name their key twice: x5t says what kid says, and is not read.
    parameters: { x5t: 'any' },
    keysAt: new URL(options.url),
  })
}
