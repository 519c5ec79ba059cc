import { importSecret } from '../keys/import-secret.ts'
import { once } from '../keys/once.ts'
import { mintSession } from '../mint/mint-session.ts'
import { checkOptions } from '../options/check-options.ts'
import { SECRET, secretBytes } from '../options/secret-rule.ts'
import { buildPreset } from './build-preset.ts'
import { PRESET_RULES } from './preset-options.ts'
import type { PresetOptions } from './preset-options.ts'
import type { SessionPreset } from './session-preset.ts'

export interface SharedSecretOptions extends PresetOptions {
  /** The HS256 key, at least 32 bytes; a string counts as its UTF-8 bytes. Whoever holds it can sign in as anybody. */
  secret: string | Uint8Array
  /** The exact `iss`. Without it, any issuer is accepted, since the secret already says who signed. */
  issuer?: string
}

/**
 * Sessions signed with HS256 and a secret that your backend and the proxy share; the other half is `mintSession`.
 * A header's `kid` is ignored.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function sharedSecret(options: SharedSecretOptions): SessionPreset {
  checkOptions('sharedSecret', options, { ...PRESET_RULES, secret: { ...SECRET, required: true } })
  const secret = secretBytes(options.secret)
  const key = once(() => importSecret(secret, 'verify'))
  return buildPreset(options, {
    name: 'sharedSecret',
    keySource: 'a shared secret',
    issuers: [options.issuer ?? []].flat(),
    algorithms: ['HS256'],
    proof: { form: 'signed', findKey: key },
    mint: (claims) => mintSession({ ...claims, secret, issuer: options.issuer, audience: options.audience }),
  })
}
