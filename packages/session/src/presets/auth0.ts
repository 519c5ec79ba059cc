import { partyIsOneOf, refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT, textOf } from '../options/text-rules.ts'
import type { Claims } from '../token/strict-json.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import { withDefaults } from './with-defaults.ts'
import type { SessionPreset } from './session-preset.ts'

export interface Auth0Options extends ProviderOptions {
  /** The tenant's domain, or your custom one, such as 'acme.eu.auth0.com'. */
  domain: string
  /** The identifier of the API that access tokens are for. Unless the sign-in asks for one, they are opaque. */
  audience: string
  /** Only tokens that were given to this application (`azp`, in the RFC 9068 profile `client_id`). Without it, to any application of the tenant. */
  clientId?: string
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  domain: { ...textOf("a domain such as 'acme.eu.auth0.com'", /^[a-z0-9-]+(\.[a-z0-9-]+)+$/), required: true },
  audience: { ...EXACT_TEXT, required: true },
  clientId: { ...EXACT_TEXT, loosens: true },
} as const

/**
 * Sessions of Auth0: access tokens for your API, RS256, at most 24 hours. Refused: ID tokens (another audience), tokens of
 * machines, impersonation. Access tokens carry no email until a post-login Action adds a claim whose name is an address:
 * `email: ['https://example.com/email']`.
 * @throws TypeError that names each wrong option.
 */
export function auth0(options: Auth0Options): SessionPreset {
  checkOptions('auth0', options, RULES)
  const { domain, clientId } = options
  const defaults = { maxLifetimeSeconds: DAY_SECONDS, impersonation: 'refuse', types: ['JWT', 'at+jwt'] } as const
  return keySetPreset(withDefaults(options, defaults), {
    name: 'auth0',
    issuers: [`https://${domain}/`],
    algorithms: ['RS256'],
    keysAt: new URL(`https://${domain}/.well-known/jwks.json`),
    claimRules: [
      ...(clientId === undefined ? [] : [partyIsOneOf(['azp', 'client_id'], [clientId])]),
      refuseKind('a token of a machine', isOfMachine),
    ],
  })
}

/** The RFC 9068 profile leaves `gty` out; in both, a machine is its own subject. */
function isOfMachine({ gty, sub }: Claims): boolean {
  return gty === 'client-credentials' || (typeof sub === 'string' && sub.endsWith('@clients'))
}
