import { claimIsOneOf } from '../claims/kind-rules.ts'
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

export interface SimplejwtOptions extends CommonOptions {
  /** `SIMPLE_JWT['SIGNING_KEY']`, which is Django's `SECRET_KEY` unless you set it; at least 32 bytes. */
  secret: string | Uint8Array
  /** `SIMPLE_JWT['USER_ID_CLAIM']`. Default 'user_id'. */
  userIdClaim?: string
  /** `SIMPLE_JWT['ISSUER']`, where you set one. */
  issuer?: string
  /** `SIMPLE_JWT['AUDIENCE']`, where you set one. */
  audience?: string
}

const DAY_SECONDS = 86_400
const RULES = {
  ...COMMON_RULES,
  secret: { ...SECRET, required: true },
  userIdClaim: textOf('the name of a claim', /^.+$/),
  issuer: PRESET_RULES.issuer,
  audience: PRESET_RULES.audience,
} as const

/**
 * Sessions of Django REST framework's Simple JWT: access tokens, HS256, at most 24 hours. Refused: refresh and sliding tokens,
 * which the same secret signs. The person is in `user_id`; there is no email unless your serializer adds one.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function simplejwt(options: SimplejwtOptions): SessionPreset {
  checkOptions('simplejwt', options, RULES)
  const secret = secretBytes(options.secret)
  return buildPreset(withDefaults(options, { maxLifetimeSeconds: DAY_SECONDS }), {
    name: 'simplejwt',
    keySource: 'a shared secret',
    issuers: [options.issuer ?? []].flat(),
    algorithms: ['HS256'],
    subject: { path: [options.userIdClaim ?? 'user_id'], wholeNumbers: true },
    claimRules: [claimIsOneOf('token_type', ['access'])],
    proof: { form: 'signed', findKey: once(() => importSecret(secret, 'verify')) },
  })
}
