import { partyIsOneOf } from '../claims/kind-rules.ts'
import { loadDiscoveredKeys } from '../keys/load-discovered-keys.ts'
import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT } from '../options/text-rules.ts'
import { ISSUER_URL } from '../options/url-rule.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import { ALGORITHMS, DEFAULT_ALGORITHMS, PRESET_RULES } from './preset-options.ts'
import type { AsymmetricAlgorithm, SessionPreset, TokenType } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface OidcOptions extends ProviderOptions {
  /** The exact `iss`, trailing slash included. Its discovery document says where the keys are. */
  issuer: string
  /** The exact `aud` that must be present: the API's for access tokens, the client id for ID tokens. */
  audience: string
  /** Only tokens that were given to this client (`azp`, or `client_id` as RFC 9068 says). Without it, to any client. */
  clientId?: string
  /** Accepted algorithms. Of RS256, ES256, ES384 and EdDSA; default `['RS256', 'ES256', 'EdDSA']`. */
  algorithms?: readonly AsymmetricAlgorithm[]
  /** Accepted values of the header's `typ`. Default `['JWT']`; access tokens by RFC 9068 say 'at+jwt'. */
  types?: readonly TokenType[]
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  issuer: { ...ISSUER_URL, required: true },
  audience: { ...EXACT_TEXT, required: true },
  clientId: { ...EXACT_TEXT, loosens: true },
  algorithms: ALGORITHMS,
  types: PRESET_RULES.types,
} as const

/**
 * Sessions of any OpenID Connect provider: Microsoft Entra, Google, Zitadel, Authentik, Ory, Logto, Kinde, Descope, …
 * At most 24 hours unless you say otherwise; `iat` is required.
 *
 * The discovery document is loaded with the key set, under the same limits; it must name the same issuer, and keys over
 * https.
 * @throws TypeError that names each wrong option.
 */
export function oidc(options: OidcOptions): SessionPreset {
  checkOptions('oidc', options, RULES)
  const { issuer, clientId, algorithms = DEFAULT_ALGORITHMS } = options
  return keySetPreset(withDefaults(options, { maxLifetimeSeconds: DAY_SECONDS }), {
    name: 'oidc',
    issuers: [issuer],
    algorithms,
    // Microsoft's older tokens name their key twice: x5t says what kid says, and is not read.
    parameters: { x5t: 'any' },
    keysAt: new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    load: (url, fetch) => loadDiscoveredKeys({ issuer, url, fetch }),
    claimRules: clientId === undefined ? [] : [partyIsOneOf(['azp', 'client_id'], [clientId])],
  })
}
