import { describe, expect, it } from 'vitest'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { vacuumPostgres } from '../../src/store/postgres/vacuum.ts'
import { PGBOUNCER, startPgBouncer } from '../stage/start-pgbouncer.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'
import { anEvent, claim, connect, isExact, lease, NOW } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const NODES = 4
const EVENTS_EACH = 50
/** Fewer than the nodes: a connection is never the same for long. */
const POOLED_CONNECTIONS = 2

const { url: serverUrl } = await startPostgres()
const { open, newSchema, holdLock } = postgresStores(serverUrl)

describe.skipIf(!PGBOUNCER)('behind PgBouncer, which lends a connection for one transaction', () => {
  it('nodes make the tables, store, lease, deliver and count as they do without it', async () => {
    const pooler = await startPgBouncer(serverUrl, { poolSize: POOLED_CONNECTIONS })
    const { schema } = newSchema()
    const url = `${pooler}?schema=${schema}&listen=off`
    const nodes = await Promise.all(Array.from({ length: NODES }, () => openPostgresStore(url, {})))
    const messages = Array.from({ length: EVENTS_EACH }, (_, index) => `m${index}`)
    const stored = await Promise.all(nodes.flatMap((node) => messages.map((messageId) => node.enqueue([anEvent({ messageId })]))))
    expect(stored.flat().filter((answer) => answer === 'queued')).toHaveLength(EVENTS_EACH)
    const [one] = nodes
    if (!one) throw new Error('there are several')
    await connect(one)
    const held = await lease(one)
    const rows = await claim(one, held)
    expect(await one.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' } })), now: NOW })).toBe(true)
    const audit = await one.audit()
    expect(audit).toMatchObject({ received: NODES * EVENTS_EACH, duplicate: (NODES - 1) * EVENTS_EACH, delivered: EVENTS_EACH })
    expect(isExact(audit)).toBe(true)
    expect((await vacuumPostgres(url)).says).toMatch(/^vacuumed outbox/)
    await Promise.all(nodes.map((node) => node.close()))
  })

  it('a direct connection for listening wakes the others all the same', async () => {
    const pooler = await startPgBouncer(serverUrl, { poolSize: POOLED_CONNECTIONS })
    const url = `${pooler}?schema=${newSchema().schema}&listen=${encodeURIComponent(serverUrl)}`
    const [one, two] = [await openPostgresStore(url, {}), await openPostgresStore(url, {})]
    const heard: number[] = []
    two.onDue?.((account) => heard.push(account))
    let sent = 0
    await until('the other has heard', async () => {
      await one.enqueue([anEvent({ messageId: `m${sent++}` })])
      return heard.length > 0
    })
    await Promise.all([one.close(), two.close()])
  })
})

describe('vacuuming', () => {
  it('vacuums the tables beside a node that goes on, and says what PostgreSQL does with the space', async () => {
    const { url, store } = await open()
    await store.enqueue([anEvent()])
    const report = await vacuumPostgres(url)
    expect(report).toEqual({ beforeBytes: expect.any(Number), afterBytes: expect.any(Number), says: expect.stringMatching(/outbox, moments.*VACUUM FULL/) })
    expect(report.beforeBytes).toBeGreaterThan(0)
    expect(await store.enqueue([anEvent({ messageId: 'm2' })])).toEqual(['queued'])
  })

  it('a database that cannot be reached is OUTBOX_UNAVAILABLE', async () => {
    await expect(vacuumPostgres('postgres://nobody@127.0.0.1:1/nothing')).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
  })
})

describe('a statement', () => {
  it('that takes longer than "statement_timeout" is given up, and refused as OUTBOX_UNAVAILABLE', async () => {
    const { url, schema } = newSchema()
    const store = await openPostgresStore(`${url}&statement_timeout=200`, {})
    const release = await holdLock(`lock table ${schema}.canary in access exclusive mode`)
    await expect(store.checkWritable(NOW)).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE', cause: expect.stringMatching(/statement timeout/) })
    await release()
    await expect(store.checkWritable(NOW)).resolves.toBeUndefined()
    await store.close()
  })
})
