import { mkdtempSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastifyJwt from '@fastify/jwt'
import { publicKey } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import { fastify } from 'fastify'
import httpProxy from 'http-proxy'
import type { ServerReady } from './messages.ts'
import { startService } from './service.ts'

/**
 * One of the two sides, in a process of its own: Trackline, or what somebody would otherwise put before HubSpot, @fastify/jwt and
 * http-proxy. Arguments: the side, the address of the upstream, a database (SQLite in a folder of its own without one).
 */
const [side, upstream = '', database] = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
const PORTAL = 1
const NEVER_REACHED = 1_000_000
const PEOPLE = 200
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey)
const privateKey = await crypto.subtle.exportKey('jwk', keys.privateKey)
// As many people as a busy minute has: those of one person reach HubSpot one batch after the other.
const tokens = await Promise.all(Array.from({ length: PEOPLE }, (_, index) =>
  mintSession({ sub: `person${index}`, email: `person${index}@example.com`, privateKey, issuer: 'app', audience: 'trackline', ttl: '1h' })))
const [token = ''] = tokens

const ready = side === 'trackline' ? await startTrackline() : await startProxy()
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
process.send?.(ready)

async function startProxy(): Promise<ServerReady> {
  const pem = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey)).toString('base64')
  const app = fastify()
  app.register(fastifyJwt, { secret: { public: `-----BEGIN PUBLIC KEY-----\n${pem}\n-----END PUBLIC KEY-----` }, verify: { algorithms: ['ES256'], allowedIss: 'app', allowedAud: 'trackline' } })
  const proxy = httpProxy.createProxyServer({ target: upstream, agent: new Agent({ keepAlive: true, maxSockets: Infinity }) })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _body, done) => done(null))
  app.post('/v1/batch', { onRequest: async (request) => void (await request.jwtVerify()) }, (request, reply) => {
    reply.hijack()
    proxy.web(request.raw, reply.raw)
  })
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), token, tokens }
}

/** Connected to the upstream, with the rate limit lifted. */
async function startTrackline(): Promise<ServerReady> {
  const { url, parts } = await startService({
    ...{ folder, upstream, store: database },
    hubspot: { requestsPer10Seconds: NEVER_REACHED },
    sites: { main: { origins: ['https://app.example.com'], session: publicKey({ jwk, issuer: 'app', audience: 'trackline' }), portal: PORTAL } },
  })
  await parts.vault.saveInstall(PORTAL, { accessToken: 'token', refreshToken: 'token', expiresIn: 3_600 })
  return { url, token, tokens }
}
