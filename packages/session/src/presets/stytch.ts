import { claimAt } from '../claims/claim-at.ts'
import { readEmail } from '../claims/read-email.ts'
import type { EmailClaims, EmailPolicy } from '../claims/read-email.ts'
import { refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { COOKIE_OR_TRUE, textOf } from '../options/text-rules.ts'
import { BARE_ISSUER_URL } from '../options/url-rule.ts'
import type { Claims } from '../token/strict-json.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { usualCookie } from './usual-cookie.ts'
import { withDefaults } from './with-defaults.ts'

export interface StytchOptions extends Omit<ProviderOptions, 'cookie'> {
  /** The project's id, 'project-live-…' or 'project-test-…'. */
  projectId: string
  /** The base address of the project, where you have a custom domain; tokens then name it as their issuer. */
  baseUrl?: string
  /** The cookie to look in, or true for 'stytch_session_jwt'. Without it, cookies are not read. */
  cookie?: string | true
}

/** Stytch makes the tokens good for 5 minutes, whatever the session's own length. */
const MAX_LIFETIME_SECONDS = 600
const SESSION = ['https://stytch.com/session']
const RULES = {
  ...PROVIDER_RULES,
  cookie: COOKIE_OR_TRUE,
  projectId: { ...textOf("a project id such as 'project-live-1234…'", /^project-(live|test)-[0-9a-f-]{36}$/), required: true },
  baseUrl: { ...BARE_ISSUER_URL, loosens: true },
} as const

/**
 * Sessions of Stytch (consumer projects): session JWTs, RS256, at most 10 minutes. Refused: impersonation. The email is that
 * of the factor by which the person signed in; for another place, give `email`.
 * @throws TypeError that names each wrong option.
 */
export function stytch({ cookie, ...options }: StytchOptions): SessionPreset {
  checkOptions('stytch', { ...options, ...(cookie !== undefined && { cookie }) }, RULES)
  const { projectId, email } = options
  const base = options.baseUrl ?? (projectId.startsWith('project-test-') ? 'https://test.stytch.com' : 'https://api.stytch.com')
  const defaults = { audience: projectId, maxLifetimeSeconds: MAX_LIFETIME_SECONDS, impersonation: 'refuse' } as const
  return keySetPreset(withDefaults({ ...options, ...usualCookie(cookie, 'stytch_session_jwt') }, defaults), {
    name: 'stytch',
    issuers: [`stytch.com/${projectId}`, base],
    algorithms: ['RS256'],
    keysAt: new URL(`${base}/v1/sessions/jwks/${projectId}`),
    isImpersonated: (claims) => factorsOf(claims).some((factor) => memberOf(factor, 'type') === 'impersonated'),
    // The same keys sign for machines, in tokens that have no session.
    claimRules: [refuseKind('without a session', (claims) => claimAt(claims, SESSION) === undefined)],
    ...(email === undefined && { readEmail: emailOfFactor }),
  })
}

/** The first factor that has an email. It counts as verified when the person proved it, by a link or code sent there. */
function emailOfFactor(claims: Claims, policy?: EmailPolicy): EmailClaims {
  const factor = factorsOf(claims).find((each) => memberOf(each, 'email_factor') !== undefined)
  const address = memberOf(memberOf(factor, 'email_factor'), 'email_address')
  const isProven = memberOf(factor, 'delivery_method') === 'email'
  return readEmail({ email: address, ...(isProven && { email_verified: true }) }, ['email'], undefined, policy)
}

function factorsOf(claims: Claims): readonly unknown[] {
  const factors = claimAt(claims, [...SESSION, 'authentication_factors'])
  return Array.isArray(factors) ? factors : []
}

function memberOf(value: unknown, name: string): unknown {
  return claimAt({ value }, ['value', name])
}
