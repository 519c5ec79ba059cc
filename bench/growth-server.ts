import { CLAIMED_ACCOUNT } from './fill-outbox.ts'
import { startService } from './service.ts'

/**
 * The service on an outbox that is there, in a process of its own. It accepts and does not deliver: claims are made when asked, one batch
 * after the other, as delivery would make them.
 */
export type Asked = 'cpu' | 'memory' | 'claim'

export interface GrowthSettings {
  folder: string
  publicKey: string
}

const CLAIMS = 20
const BATCH = 100
const LEASE_MS = 60_000
const NOBODY = 'http://127.0.0.1:9'

const settings: GrowthSettings = JSON.parse(process.argv[2] ?? '')
const { url, parts } = await startService({ ...settings, upstream: NOBODY, accounts: 1, role: 'ingest' })
process.on('message', async (asked: Asked) => {
  if (asked === 'cpu') process.send?.(process.cpuUsage())
  if (asked === 'memory') process.send?.(process.memoryUsage.rss())
  if (asked === 'claim') process.send?.(await claimBatches())
})
process.on('SIGTERM', () => process.exit())
process.send?.(url)

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
