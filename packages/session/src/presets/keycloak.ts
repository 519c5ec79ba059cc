import { claimIsOneOf, refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT } from '../options/text-rules.ts'
import { BARE_ISSUER_URL } from '../options/url-rule.ts'
import type { Claims } from '../token/strict-json.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import { ALGORITHMS } from './preset-options.ts'
import type { AsymmetricAlgorithm, SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface KeycloakOptions extends ProviderOptions {
  /** The realm's address as browsers reach it, such as 'https://id.example.com/realms/acme'. */
  issuer: string
  /** The client that your pages sign in with (`azp`). */
  clientId: string
  /** The exact `aud`, where an audience mapper adds one. Without it, the audience is not checked. */
  audience?: string
  /** What the realm signs with. Default `['RS256']`. */
  algorithms?: readonly AsymmetricAlgorithm[]
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  issuer: { ...BARE_ISSUER_URL, required: true },
  clientId: { ...EXACT_TEXT, required: true },
  audience: { ...EXACT_TEXT, loosens: true },
  algorithms: ALGORITHMS,
} as const

/**
 * Sessions of Keycloak: access tokens of one client, RS256, at most 24 hours. Refused: ID, refresh and offline tokens, which
 * the same key signs, tokens of other clients, service accounts, impersonation.
 * @throws TypeError that names each wrong option.
 */
export function keycloak(options: KeycloakOptions): SessionPreset {
  checkOptions('keycloak', options, RULES)
  const { issuer, clientId, algorithms = ['RS256'] } = options
  return keySetPreset(withDefaults(options, { maxLifetimeSeconds: DAY_SECONDS, impersonation: 'refuse', types: ['JWT', 'at+jwt'] }), {
    name: 'keycloak',
    issuers: [issuer],
    algorithms,
    keysAt: new URL(`${issuer}/protocol/openid-connect/certs`),
    claimRules: [
      claimIsOneOf('typ', ['Bearer']),
      // The audience of Keycloak's tokens is 'account' unless a mapper says otherwise: the authorized party says whose it is.
      claimIsOneOf('azp', [clientId], 'party_mismatch'),
      refuseKind('a token of a service account', isServiceAccount),
    ],
  })
}

function isServiceAccount({ preferred_username: name }: Claims): boolean {
  return typeof name === 'string' && name.startsWith('service-account-')
}
