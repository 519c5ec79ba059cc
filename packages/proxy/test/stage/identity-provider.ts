import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { jwks, mintSession } from '@trackline/session'

export const ISSUER = 'https://id.example.com/'

export interface ProviderKey {
  kid: string
  privateKey: string
  jwk: object
}

export function providerKey(kid: string): ProviderKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { kid, privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg: 'ES256', use: 'sig' } }
}

/** An identity provider on loopback that publishes its keys, unless it is down. */
export async function startProvider(now: () => Date) {
  const state = { keys: [providerKey('first')], isDown: false, fetchedAt: [] as number[] }
  const server = createServer((_request, response) => {
    state.fetchedAt.push(now().getTime())
    if (state.isDown) return void response.writeHead(503).end()
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address, not a path: it listens on a port.
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/jwks.json`

  return {
    state,
    url,
    session: () => jwks({ url, issuer: ISSUER, audience: 'trackline' }),
    /** A token of its own each time (its `jti` says so): none is remembered as verified. */
    token: ({ key = state.keys[0], ttl = '5m', ...claims }: { key?: ProviderKey | undefined; ttl?: string; sub?: string; issuer?: string; audience?: string; claims?: Record<string, unknown> } = {}) =>
      mintSession({ sub: 'ada', email: 'ada@example.com', issuer: ISSUER, audience: 'trackline', ttl, now, privateKey: key?.privateKey, kid: key?.kid, ...claims }),
    close: () => new Promise<void>((resolve) => {
      server.closeAllConnections()
      server.close(() => resolve())
    }),
  }
}
