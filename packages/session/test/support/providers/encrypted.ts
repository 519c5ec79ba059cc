import { createHash } from 'node:crypto'
import { authjs } from '../../../src/index.ts'
import { authjsKey, authjsWriter } from '../authjs-writer.ts'
import type { AuthjsScheme } from '../authjs-writer.ts'
import { NOW_SECONDS } from '../moment.ts'
import type { Provider } from '../providers.ts'

const DAY_SECONDS = 86_400
const SECRET = 'k9Zt0y3wq8v1b6n4m7c2x5s8d0f3g6h9'
const CLAIMS = {
  name: 'Ada',
  email: 'ada@example.com',
  picture: null,
  sub: 'ada',
  iat: NOW_SECONDS - 10,
  exp: NOW_SECONDS + 30 * DAY_SECONDS,
  jti: '0b5a1c62-0d0e-4b7a-9a53-7d1f3f1d8c11',
}

export const AUTHJS: AuthjsScheme = { version: 5, secret: SECRET, cookie: '__Secure-authjs.session-token' }
export const NEXT_AUTH: AuthjsScheme = { version: 4, secret: SECRET, cookie: '__Secure-next-auth.session-token' }

/** Version 5 names its key by a thumbprint (RFC 7638, over SHA-512); version 4 does not name it. */
function headerOf(scheme: AuthjsScheme): Record<string, string> {
  if (scheme.version === 4) return { alg: 'dir', enc: 'A256GCM' }
  const members = JSON.stringify({ k: authjsKey(scheme).toString('base64url'), kty: 'oct' })
  return { alg: 'dir', enc: 'A256CBC-HS512', kid: createHash('sha512').update(members).digest('base64url') }
}

function authjsProvider(name: string, scheme: AuthjsScheme): Provider {
  const header = headerOf(scheme)
  const write = authjsWriter(scheme)
  const signBytes = () => Buffer.alloc(0)
  return {
    name,
    preset: () => authjs({ secret: scheme.secret, version: scheme.version }),
    signer: { alg: 'dir', kid: header.kid ?? 'none', signBytes, write, good: { header, claims: CLAIMS } },
    email: 'ada@example.com',
  }
}

export const ENCRYPTED_PROVIDERS: readonly Provider[] = [
  authjsProvider('authjs', AUTHJS),
  authjsProvider('authjs, version 4', NEXT_AUTH),
]
