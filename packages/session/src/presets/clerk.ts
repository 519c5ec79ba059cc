import type { ClaimRule } from '../claims/claim-rules.ts'
import { claimIsOneOf, claimIsText, refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { BOOLEAN, COOKIE_OR_TRUE, EXACT_TEXT, textOf } from '../options/text-rules.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import { isListOf } from './preset-options.ts'
import type { SessionPreset } from './session-preset.ts'
import { usualCookie } from './usual-cookie.ts'
import { withDefaults } from './with-defaults.ts'

export interface ClerkOptions extends Omit<ProviderOptions, 'cookie'> {
  /** The key that your pages use, 'pk_live_…' or 'pk_test_…': it holds the host that signs. Either this or `frontendApi`. */
  publishableKey?: string
  /** The host of the Frontend API, such as 'clerk.example.com', where a proxy or a satellite domain makes it another one. */
  frontendApi?: string
  /** The origins whose tokens are accepted (`azp`), such as ['https://app.example.com']. Without it, the origins of the site that
   * the preset is for, and tokens without `azp`; where there is no site, any. */
  authorizedParties?: readonly string[]
  /** Accepts tokens without `azp` too, as native apps get them. Default false. */
  allowMissingParty?: boolean
  /** The cookie to look in, or true for '__session'. Without it, cookies are not read. */
  cookie?: string | true
}

const MAX_LIFETIME_SECONDS = 600
/** The category of a token, in its header: session, or, on some instances, what is the same for all. Others are for machines and templates. */
const CATEGORIES = ['cl_B7d4PD111AAA', 'cl_I7d4PD111III']
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/
const RULES = {
  ...PROVIDER_RULES,
  cookie: COOKIE_OR_TRUE,
  publishableKey: {
    ...textOf("a publishable key, 'pk_live_…' or 'pk_test_…' (not the secret key)", /^pk_(live|test)_[A-Za-z0-9+/=]+$/),
    secret: true,
  },
  frontendApi: textOf("a host such as 'clerk.example.com'", HOST),
  authorizedParties: {
    expected: "a list of origins such as ['https://app.example.com']",
    accepts: (value: unknown) => isListOf(value, 1000, EXACT_TEXT.accepts),
    loosens: true,
  },
  allowMissingParty: BOOLEAN,
} as const

/**
 * Sessions of Clerk: RS256, at most 10 minutes (Clerk makes them good for 60 seconds). Refused: sessions that are still
 * pending, tokens of machines (no `sid`), impersonation, tokens of other origins, tokens that were made from a JWT template
 * for another service.
 * @throws TypeError that names each wrong option.
 */
export function clerk({ cookie, ...options }: ClerkOptions): SessionPreset {
  checkOptions('clerk', { ...options, ...(cookie !== undefined && { cookie }) }, RULES)
  return clerkPreset({ ...options, ...usualCookie(cookie, '__session') })
}

function clerkPreset(options: Omit<ClerkOptions, 'cookie'> & ProviderOptions): SessionPreset {
  const host = hostOf(options)
  const defaults = { maxLifetimeSeconds: MAX_LIFETIME_SECONDS, impersonation: 'refuse' } as const
  return keySetPreset(withDefaults(options, defaults), {
    name: 'clerk',
    issuers: [`https://${host}`],
    algorithms: ['RS256'],
    parameters: { cat: CATEGORIES },
    keysAt: new URL(`https://${host}/.well-known/jwks.json`),
    claimRules: [
      claimIsText('sid'),
      refuseKind('of a session that is still pending', ({ sts }) => sts !== undefined && sts !== 'active'),
      ...partyRules(options),
    ],
    // As Clerk's own libraries do, a token without `azp` passes where nobody has said that it must have one.
    ...(options.authorizedParties === undefined && {
      forOrigins: (origins) => clerkPreset({ ...options, authorizedParties: origins, allowMissingParty: true }),
    }),
  })
}

function hostOf({ publishableKey, frontendApi }: ClerkOptions): string {
  const host = frontendApi ?? (publishableKey === undefined ? undefined : hostInKey(publishableKey))
  if (host !== undefined) return host
  throw new TypeError('clerk: expected `publishableKey`, whole and as the dashboard shows it, or `frontendApi`')
}

/** After 'pk_live_' comes the host and a dollar sign, in base64. */
function hostInKey(publishableKey: string): string | undefined {
  try {
    const text = atob(publishableKey.split('_').slice(2).join('_'))
    return text.endsWith('$') && HOST.test(text.slice(0, -1)) ? text.slice(0, -1) : undefined
  } catch {
    return undefined
  }
}

function partyRules({ authorizedParties, allowMissingParty = false }: ClerkOptions): ClaimRule[] {
  if (authorizedParties === undefined) return []
  const isParty = claimIsOneOf('azp', authorizedParties, 'party_mismatch')
  return [(claims) => (allowMissingParty && claims.azp === undefined ? undefined : isParty(claims))]
}
