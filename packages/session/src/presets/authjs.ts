import { derivedKey } from '../keys/derived-key.ts'
import { decryptToken } from '../keys/decrypt-token.ts'
import { once } from '../keys/once.ts'
import { checkOptions } from '../options/check-options.ts'
import { SECRET, secretBytes } from '../options/secret-rule.ts'
import { BOOLEAN } from '../options/text-rules.ts'
import { SessionError } from '../session-error.ts'
import { checkType } from '../token/check-type.ts'
import { chunkedCookie } from '../token/chunked-cookie.ts'
import { buildPreset } from './build-preset.ts'
import { COMMON_RULES } from './preset-options.ts'
import type { CommonOptions } from './preset-options.ts'
import type { ContentEncryption, Prove, SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface AuthjsOptions extends CommonOptions {
  /** `AUTH_SECRET` (version 4: `NEXTAUTH_SECRET`), at least 32 bytes. Whoever holds it can sign in as anybody. */
  secret: string
  /** 5 for Auth.js and next-auth 5, 4 for next-auth 4. Default 5. */
  version?: 4 | 5
  /** Whether the site is on https, where the cookie's name begins with '__Secure-'. Default true. */
  secure?: boolean
}

interface Scheme {
  readonly cookie: string
  readonly encryption: ContentEncryption
  readonly keyBytes: number
  /** What the key is derived with, besides the secret; version 5 binds it to the cookie's name. */
  readonly derivation: (cookie: string) => { salt: string; purpose: string }
}

const SCHEMES: Readonly<Record<4 | 5, Scheme>> = {
  4: {
    cookie: 'next-auth.session-token',
    encryption: 'A256GCM',
    keyBytes: 32,
    derivation: () => ({ salt: '', purpose: 'NextAuth.js Generated Encryption Key' }),
  },
  5: {
    cookie: 'authjs.session-token',
    encryption: 'A256CBC-HS512',
    keyBytes: 64,
    derivation: (cookie) => ({ salt: cookie, purpose: `Auth.js Generated Encryption Key (${cookie})` }),
  },
}
/** The cookie is renewed as it is used, for 30 days each time. */
const MAX_LIFETIME_SECONDS = 31 * 86_400
const RULES = {
  ...COMMON_RULES,
  secret: { ...SECRET, required: true },
  version: { expected: '4 or 5', accepts: (value: unknown) => value === 4 || value === 5 },
  secure: BOOLEAN,
} as const

/**
 * Sessions of Auth.js (NextAuth) with the 'jwt' strategy: the encrypted session cookie, in one piece or in several, at most 31
 * days. The cookie is read, so cross-site rules apply; with the 'database' strategy it is opaque, for `introspect`.
 *
 * To rotate the secret, list a preset for each: `[authjs({ secret }), authjs({ secret: oldSecret })]`.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function authjs(options: AuthjsOptions): SessionPreset {
  checkOptions('authjs', options, RULES)
  const { version = 5, secure = true } = options
  const scheme = SCHEMES[version]
  const cookie = options.cookie ?? `${secure ? '__Secure-' : ''}${scheme.cookie}`
  const secret = secretBytes(options.secret)
  const key = once(() => derivedKey({ secret, ...scheme.derivation(cookie), bytes: scheme.keyBytes }))
  return buildPreset(withDefaults(options, { cookie, maxLifetimeSeconds: MAX_LIFETIME_SECONDS }), {
    name: 'authjs',
    keySource: `a secret, for the cookie ${cookie}`,
    issuers: [],
    algorithms: [scheme.encryption],
    readCookie: chunkedCookie,
    proof: { form: 'encrypted', prove: proveEncrypted(scheme.encryption, key) },
  })
}

function proveEncrypted(encryption: ContentEncryption, key: () => Promise<Uint8Array>): Prove {
  return async (token) => {
    if (token.form !== 'encrypted') throw new SessionError('not_compact', { expected: 'an encrypted token', got: token.form })
    checkType(token.header, ['JWT'])
    return { claims: await decryptToken(token, await key(), encryption) }
  }
}
