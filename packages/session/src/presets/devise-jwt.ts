import { claimIsOneOf, claimIsText } from '../claims/kind-rules.ts'
import { importSecret } from '../keys/import-secret.ts'
import { once } from '../keys/once.ts'
import { checkOptions } from '../options/check-options.ts'
import { SECRET, secretBytes } from '../options/secret-rule.ts'
import { textOf } from '../options/text-rules.ts'
import { buildPreset } from './build-preset.ts'
import { COMMON_RULES, PRESET_RULES } from './preset-options.ts'
import type { CommonOptions } from './preset-options.ts'
import type { SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface DeviseJwtOptions extends CommonOptions {
  /** The `secret` of `config.jwt`, at least 32 bytes. */
  secret: string | Uint8Array
  /** The Warden scope of your people. Default 'user'. An admin of the same number is somebody else. */
  scope?: string
  /** The exact `aud`, where your clients send the audience header. Without it, the audience is not checked. */
  audience?: string
}

const DAY_SECONDS = 86_400
const RULES = {
  ...COMMON_RULES,
  secret: { ...SECRET, required: true },
  scope: textOf("the name of a Warden scope, such as 'user'", /^[a-z_][a-z0-9_]*$/),
  audience: PRESET_RULES.audience,
} as const

/**
 * Sessions of devise-jwt: HS256, at most 24 hours. Refused: tokens of another scope. Rails' revocation list is not read here:
 * keep tokens short, or give `verifySession` an `isDenied` that asks for the `jti`.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function deviseJwt(options: DeviseJwtOptions): SessionPreset {
  checkOptions('deviseJwt', options, RULES)
  const { scope = 'user' } = options
  const secret = secretBytes(options.secret)
  return buildPreset(withDefaults(options, { maxLifetimeSeconds: DAY_SECONDS }), {
    name: 'deviseJwt',
    keySource: 'a shared secret',
    issuers: [],
    people: scope,
    algorithms: ['HS256'],
    subject: { path: ['sub'], wholeNumbers: true },
    claimRules: [claimIsOneOf('scp', [scope]), claimIsText('jti')],
    proof: { form: 'signed', findKey: once(() => importSecret(secret, 'verify')) },
  })
}
