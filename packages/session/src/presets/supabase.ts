import { claimIsOneOf, refuseKind } from '../claims/kind-rules.ts'
import { importSecret } from '../keys/import-secret.ts'
import { once } from '../keys/once.ts'
import { checkOptions } from '../options/check-options.ts'
import { SECRET, secretBytes } from '../options/secret-rule.ts'
import { BOOLEAN, COOKIE_OR_TRUE } from '../options/text-rules.ts'
import { ISSUER_URL } from '../options/url-rule.ts'
import { supabaseCookie } from '../token/supabase-cookie.ts'
import { buildPreset } from './build-preset.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { usualCookie } from './usual-cookie.ts'
import { withDefaults } from './with-defaults.ts'

export interface SupabaseOptions extends Omit<ProviderOptions, 'cookie'> {
  /** The project's address, such as 'https://abcdefghijkl.supabase.co'. */
  url: string
  /**
   * The legacy JWT secret, for a project that still signs with HS256. Without it, the project's signing keys are loaded.
   * While you migrate, list both: `[supabase({ url }), supabase({ url, jwtSecret })]`.
   */
  jwtSecret?: string
  /** Accepts people who signed in anonymously too. Default false. */
  anonymous?: boolean
  /** The cookie to look in, or true for 'sb-<project>-auth-token'. Without it, cookies are not read. */
  cookie?: string | true
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  cookie: COOKIE_OR_TRUE,
  url: { ...ISSUER_URL, required: true },
  jwtSecret: { ...SECRET, loosens: true },
  anonymous: BOOLEAN,
} as const

/**
 * Sessions of Supabase Auth: ES256 or RS256 (HS256 with `jwtSecret`), at most 24 hours. Refused: the anon and service_role
 * API keys, which are tokens of the same project, and anonymous people. `user_metadata` is not read: people edit their own.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function supabase({ cookie, ...options }: SupabaseOptions): SessionPreset {
  checkOptions('supabase', { ...options, ...(cookie !== undefined && { cookie }) }, RULES)
  const { jwtSecret } = options
  const project = options.url.replace(/\/$/, '')
  const usualName = `sb-${new URL(project).hostname.split('.')[0]}-auth-token`
  const defaults = { audience: 'authenticated', maxLifetimeSeconds: DAY_SECONDS } as const
  const preset = withDefaults({ ...options, ...usualCookie(cookie, usualName) }, defaults)
  const parts = {
    name: 'supabase',
    issuers: [`${project}/auth/v1`],
    readCookie: supabaseCookie,
    claimRules: [
      claimIsOneOf('role', ['authenticated']),
      ...(options.anonymous ? [] : [refuseKind('of an anonymous person', ({ is_anonymous: anonymous }) => anonymous === true)]),
    ],
  }
  if (jwtSecret === undefined) {
    const keysAt = new URL(`${project}/auth/v1/.well-known/jwks.json`)
    return keySetPreset(preset, { ...parts, algorithms: ['ES256', 'RS256'], keysAt })
  }
  const secret = secretBytes(jwtSecret)
  const proof = { form: 'signed', findKey: once(() => importSecret(secret, 'verify')) } as const
  return buildPreset(preset, { ...parts, keySource: 'a shared secret', algorithms: ['HS256'], proof })
}
