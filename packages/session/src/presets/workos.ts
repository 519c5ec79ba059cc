import { claimIsText } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { textOf } from '../options/text-rules.ts'
import { ISSUER_URL } from '../options/url-rule.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface WorkosOptions extends ProviderOptions {
  /** The environment's client id, 'client_…'. Its keys sign for no other client. */
  clientId: string
  /** The exact `iss`, where you have a custom authentication domain. Default: the three forms that WorkOS uses itself. */
  issuer?: string
}

const API = 'https://api.workos.com'
const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  clientId: { ...textOf("a client id such as 'client_01ABC'", /^client_[A-Za-z0-9]+$/), required: true },
  issuer: { ...ISSUER_URL, loosens: true },
} as const

/**
 * Sessions of WorkOS AuthKit: access tokens, RS256, at most 24 hours. They have no audience: the key set belongs to one
 * client. Refused: tokens without a session (`sid`), impersonation. The email is there when a JWT template adds it.
 * @throws TypeError that names each wrong option.
 */
export function workos(options: WorkosOptions): SessionPreset {
  checkOptions('workos', options, RULES)
  const { clientId, issuer } = options
  return keySetPreset(withDefaults(options, { maxLifetimeSeconds: DAY_SECONDS, impersonation: 'refuse' }), {
    name: 'workos',
    issuers: issuer === undefined ? [API, `${API}/`, `${API}/user_management/${clientId}`] : [issuer],
    algorithms: ['RS256'],
    keysAt: new URL(`${API}/sso/jwks/${clientId}`),
    claimRules: [claimIsText('sid')],
  })
}
