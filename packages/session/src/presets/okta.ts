import { claimIsOneOf, refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT } from '../options/text-rules.ts'
import { BARE_ISSUER_URL } from '../options/url-rule.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface OktaOptions extends ProviderOptions {
  /** A custom authorization server, such as 'https://acme.okta.com/oauth2/default'. */
  issuer: string
  /** The audience of that server, such as 'api://default'. */
  audience: string
  /** Only tokens that were given to this application (`cid`). Without it, to any application of the server. */
  clientId?: string
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  issuer: {
    expected:
      "the issuer of a custom authorization server, such as 'https://acme.okta.com/oauth2/default', without a slash at its end " +
      "(the access tokens of the organisation's own server are for Okta alone)",
    accepts: (value: unknown) => BARE_ISSUER_URL.accepts(value) && /\/oauth2\/[A-Za-z0-9]+$/.test(String(value)),
    required: true,
  },
  audience: { ...EXACT_TEXT, required: true },
  clientId: { ...EXACT_TEXT, loosens: true },
} as const

/**
 * Sessions of Okta: access tokens of a custom authorization server, RS256, at most 24 hours. Refused: ID tokens (another
 * audience), tokens of machines, impersonation. The subject is the login, which looks like an email and need not be one:
 * add a claim, or look the email up.
 * @throws TypeError that names each wrong option.
 */
export function okta(options: OktaOptions): SessionPreset {
  checkOptions('okta', options, RULES)
  const { issuer, clientId } = options
  const defaults = { maxLifetimeSeconds: DAY_SECONDS, impersonation: 'refuse', types: ['JWT', 'at+jwt'] } as const
  return keySetPreset(withDefaults(options, defaults), {
    name: 'okta',
    issuers: [issuer],
    algorithms: ['RS256'],
    keysAt: new URL(`${issuer}/v1/keys`),
    claimRules: [
      ...(clientId === undefined ? [] : [claimIsOneOf('cid', [clientId], 'party_mismatch')]),
      refuseKind('a token of a machine', ({ sub, cid }) => cid !== undefined && sub === cid),
    ],
  })
}
