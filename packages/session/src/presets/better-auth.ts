import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT, textOf } from '../options/text-rules.ts'
import { ISSUER_URL } from '../options/url-rule.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import { ALGORITHMS } from './preset-options.ts'
import type { AsymmetricAlgorithm, SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface BetterAuthOptions extends ProviderOptions {
  /** The `baseURL` of your configuration, such as 'https://app.example.com'. */
  baseURL: string
  /** The `basePath` of your configuration. Default '/api/auth'. */
  basePath?: string
  /** The `jwt.issuer` of the plugin, where you set one. Default: the base URL. */
  issuer?: string
  /** The `jwt.audience` of the plugin, where you set one. Default: the base URL. */
  audience?: string
  /** What the plugin signs with (`jwks.keyPairConfig.alg`). Default `['EdDSA']`. */
  algorithms?: readonly AsymmetricAlgorithm[]
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  baseURL: { ...ISSUER_URL, required: true },
  basePath: textOf("a path such as '/api/auth'", /^(\/[A-Za-z0-9._~-]+)+$/),
  issuer: { ...EXACT_TEXT, loosens: true },
  audience: { ...EXACT_TEXT, loosens: true },
  algorithms: ALGORITHMS,
} as const

/**
 * Sessions of Better Auth with its JWT plugin: EdDSA, at most 24 hours (15 minutes unless you say otherwise there). The token
 * comes from `GET /api/auth/token`; the session cookie itself is opaque and is not read.
 * @throws TypeError that names each wrong option.
 */
export function betterAuth(options: BetterAuthOptions): SessionPreset {
  checkOptions('betterAuth', options, RULES)
  const { basePath = '/api/auth', algorithms = ['EdDSA'] } = options
  const { origin, pathname } = new URL(options.baseURL)
  // A path in the base URL takes the place of the base path, there as here.
  const path = pathname === '/' ? basePath : pathname.replace(/\/$/, '')
  return keySetPreset(withDefaults(options, { audience: origin, maxLifetimeSeconds: DAY_SECONDS }), {
    name: 'betterAuth',
    issuers: [options.issuer ?? origin],
    algorithms,
    keysAt: new URL(`${origin}${path}/jwks`),
  })
}
