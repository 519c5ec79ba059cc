import { randomBytes } from 'node:crypto'
import { introspect } from '../../../src/index.ts'
import { NOW_SECONDS } from '../moment.ts'
import type { Provider } from '../providers.ts'
import { serveTokens } from '../serve-tokens.ts'

const CLAIMS = {
  active: true,
  iss: 'https://id.example.com',
  aud: 'api1',
  sub: 'ada',
  email: 'ada@example.com',
  email_verified: true,
  iat: NOW_SECONDS - 10,
  exp: NOW_SECONDS + 300,
}
const CHECKS = { issuer: 'https://id.example.com', audience: 'api1' }
const URL = 'https://id.example.com/who'

type Asked = Parameters<typeof introspect>[0]

/** Tokens that say nothing: what they stand for is known to the endpoint alone, until it closes. */
function opaqueProvider(name: string, options: Omit<Asked, 'url'>): Provider {
  const answers = new Map<string, Buffer>()
  const write = (_header: Buffer, payload: Buffer) => {
    const token = `${name.length}|${randomBytes(24).toString('base64')}`
    answers.set(token, payload)
    return token
  }
  return {
    name,
    preset: (fetch) => introspect({ url: URL, ...CHECKS, ...options, fetch }),
    signer: { alg: 'none', kid: 'none', signBytes: () => Buffer.alloc(0), write, good: { header: {}, claims: CLAIMS } },
    email: 'ada@example.com',
    openEndpoint: () => serveTokens((token) => answers.get(token)),
  }
}

export const OPAQUE_PROVIDERS: readonly Provider[] = [
  opaqueProvider('introspect', { clientId: 'trackline', clientSecret: 'CANARY' }),
  opaqueProvider('introspect, by bearer', { send: 'bearer' }),
  opaqueProvider('introspect, by cookie', { send: 'cookie', cookie: 'session' }),
]
