import { join } from 'node:path'
import { defineConfig, publicKey, realWorld, resolveConfig, startServer } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import { defineEvents, oneOf, text } from '@trackline/shared'
import { CLAIMED_ACCOUNT } from './fill-outbox.ts'

/**
 * The service on an outbox that is there, in a process of its own. It accepts and does not deliver: claims are made when asked, one batch
 * after the other, as delivery would make them.
 */
export type Asked = 'cpu' | 'memory' | 'claim'

const CLAIMS = 20
const BATCH = 100
const LEASE_MS = 60_000

const [folder = '.'] = process.argv.slice(2)
const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
const [privateKey, jwk] = await Promise.all([keys.privateKey, keys.publicKey].map((key) => crypto.subtle.exportKey('jwk', key)))
if (!privateKey || !jwk) throw new Error('a key pair has two keys')
const config = defineConfig({
  publicUrl: 'http://127.0.0.1:4400',
  port: 0,
  store: 'sqlite:./outbox.db',
  keys: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  hubspot: { clientId: 'none', clientSecret: 'none', developerKey: 'none', appId: 1, baseUrl: 'http://127.0.0.1:9' },
  sites: { site1: { origins: ['https://app.example.com'], session: publicKey({ jwk, issuer: 'app', audience: 'trackline' }), portal: 1 } },
  limits: false,
  events: defineEvents({ login: { properties: { method: oneOf(['sso', 'password']), page: text() } } }),
})
const { url, parts } = await startServer(resolveConfig(config, join(folder, 'trackline.config.ts')), realWorld(), 'ingest')
const token = await mintSession({ sub: 'ada', email: 'ada@example.com', privateKey, issuer: 'app', audience: 'trackline', ttl: '1h' })

process.on('message', async (asked: Asked) => {
  if (asked === 'cpu') process.send?.(process.cpuUsage())
  if (asked === 'memory') process.send?.(process.memoryUsage.rss())
  if (asked === 'claim') process.send?.(await claimBatches())
})
process.on('SIGTERM', () => process.exit())
process.send?.({ url, token })

/** Milliseconds for each claim of a batch, and the settle that ends it. */
async function claimBatches(): Promise<number[]> {
  const { store } = parts
  const now = Date.now()
  const account = CLAIMED_ACCOUNT
  await parts.vault.saveInstall(account, { accessToken: 'none', refreshToken: 'none', expiresIn: LEASE_MS / 1_000 })
  const [lease] = await store.leaseAccounts({ owner: 'bench', now, leaseMs: LEASE_MS, limit: 1 })
  if (!lease) throw new Error('an account with rows that are due can be leased')
  const times: number[] = []
  for (let claims = 0; claims < CLAIMS; claims++) {
    const startedAt = performance.now()
    const rows = await store.claimDue(lease, { target: 'timeline-v3', now, limit: BATCH })
    if (!rows?.length) break
    await store.settle(lease, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' }, nextAttemptAt: now + 1 })), now })
    times.push(performance.now() - startedAt)
  }
  await store.releaseLease(lease)
  return times
}
