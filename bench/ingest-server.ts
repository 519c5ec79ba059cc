import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig, publicKey, realWorld, resolveConfig, startServer } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import { defineEvents, oneOf, text } from '@trackline/shared'
import { fastify } from 'fastify'
import type { ServerReady } from './messages.ts'

const TOKEN_LENGTH = 280

/** One of the two sides, in a process of its own: says where it listens, then how much CPU time it has used, when asked. */
const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
const ready = process.argv[2] === 'bare' ? await startBare() : await startTrackline()
process.on('message', () => process.send?.(process.cpuUsage()))
process.on('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true })
  process.exit()
})
process.send?.(ready)

async function startBare(): Promise<ServerReady> {
  const app = fastify()
  app.post('/v1/batch', async () => ({ results: [{ messageId: 'x', status: 'queued' }] }))
  // As long as a session token: both sides are sent the same bytes.
  return { url: await app.listen({ port: 0, host: '127.0.0.1' }), token: 'x'.repeat(TOKEN_LENGTH) }
}

/** As shipped: origin check, CORS, ES256 session, validation, log, durable SQLite. HubSpot is not connected: this is about ingest. */
async function startTrackline(): Promise<ServerReady> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
  const [privateKey, jwk] = await Promise.all([keys.privateKey, keys.publicKey].map((key) => crypto.subtle.exportKey('jwk', key)))
  if (!privateKey || !jwk) throw new Error('a key pair has two keys')
  const config = defineConfig({
    publicUrl: 'http://127.0.0.1:4400',
    port: 0,
    store: 'sqlite:./outbox.db',
    keys: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    hubspot: { clientId: 'none', clientSecret: 'none', developerKey: 'none', appId: 1, baseUrl: 'http://127.0.0.1:9' },
    sites: { main: { origins: ['https://app.example.com'], session: publicKey({ jwk, issuer: 'app', audience: 'trackline' }), portal: 1 } },
    limits: { perSubjectPerMinute: 100_000_000 },
    events: defineEvents({ login: { properties: { method: oneOf(['sso', 'password']), page: text() } } }),
  })
  const { url } = await startServer(resolveConfig(config, join(folder, 'trackline.config.ts')), realWorld(), 'ingest')
  const token = await mintSession({ sub: 'ada', email: 'ada@example.com', privateKey, issuer: 'app', audience: 'trackline', ttl: '1h' })
  return { url, token }
}
