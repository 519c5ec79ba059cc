import { join } from 'node:path'
import { count, defineEvents, elapsed, number, text } from '@trackline/shared'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import type { Store } from '../../src/outbox/store.ts'
import { copyFromSqlite } from '../../src/store/postgres/copy-from-sqlite.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { ACCOUNT, aGrant, anEvent, claim, lease, LEASE_MS, NOW } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const PLANS = planDerivations(defineEvents({
  login: { properties: { method: text(), loginCount: number({ derive: count('login') }) } },
  done: { properties: { method: text(), took: number({ derive: elapsed('login', { by: 'method' }), optional: true }) } },
}))
const LATER = NOW + LEASE_MS + 1
const LONG = 'k'.repeat(500)

const { url: serverUrl } = await startPostgres()
const { newSchema, query } = postgresStores(serverUrl)
const folder = makeTempFolder()
afterAll(folder.remove)
let files = 0

/** A SQLite outbox with something of everything, closed. */
async function fill(): Promise<{ path: string; told: Awaited<ReturnType<typeof tell>> }> {
  const path = join(folder.path, `outbox-${++files}.db`)
  const store = await openSqliteStore(path, PLANS)
  await store.saveGrant(aGrant())
  await store.saveConnection({ site: 'main', account: ACCOUNT })
  await store.enqueue(['delivered', 'dead', 'claimed'].map((messageId) => anEvent({ messageId })))
  const held = await lease(store)
  for (const row of await claim(store, held)) {
    const outcome = row.messageId === 'dead' ? { kind: 'dead' as const, code: 'HUBSPOT_REJECTED_EVENT' as const, detail: 'no\0such ada@example.com' } : { kind: 'delivered' as const }
    if (row.messageId !== 'claimed') await store.settle(held, { rows: [{ seq: row.seq, outcome }], now: NOW })
  }
  await store.enqueue([
    anEvent({ messageId: 'waits', subject: 'nul\0 half\ud800', properties: { method: 'a\0b' }, extraData: { note: 'x\0y' }, placement: { objectId: '9001' } }),
    anEvent({ messageId: 'long', properties: { method: LONG } }),
    anEvent({ messageId: 'nobody', subject: 'eve', email: undefined, issuer: 'https://id.example.com', sub: 'eve' }),
    anEvent({ messageId: 'other', site: 'shop', account: 7 }),
  ])
  await store.enqueue([anEvent({ messageId: 'other', site: 'shop', account: 7 })])
  await store.countRejected({ account: ACCOUNT, site: 'main', rejected: 3 })
  await store.identify({ account: ACCOUNT, site: 'main', subject: 'ada', email: 'ada@example.com', saidAt: NOW, now: NOW })
  await store.noteContactWrites({ account: ACCOUNT, writes: [{ contact: 'ada', name: 'last_login', rank: 5, seq: 2 }] })
  await store.deny({ kind: 'sub', value: 'mallory', site: '', issuer: '' })
  await store.addSigningKey({ kid: 'k1', sealed: 'sealed', published: '{}', addedAt: NOW }, undefined)
  await store.writeKeySet({ name: 'jwks', text: '{}', now: NOW })
  await store.releaseLease(held, 'handover')
  const told = await tell(store)
  await store.close()
  return { path, told }
}

/** All that a store says of itself. */
async function tell(store: Store) {
  const rows = []
  for (const state of ['needs_identity', 'due', 'delivered', 'dead'] as const) rows.push(...(await store.listRows({ state, limit: 100 })))
  return {
    rows: rows.map(({ isClaimed: _, ...row }) => row),
    audit: await store.audit(),
    bySite: await store.auditBySite(),
    counted: await store.countRows(),
    remembered: await store.readRemembered({ site: 'main', subject: 'ada' }),
    grant: await store.readGrant(ACCOUNT),
    connection: await store.readConnection('main'),
    denials: await store.readDenials({ after: 0, limit: 9 }),
    keys: await store.readSigningKeys(),
    keySet: await store.readKeySet('jwks'),
    writes: await store.readContactWrites({ account: ACCOUNT, contacts: ['ada'] }),
    payloads: await store.findPayloads({ account: ACCOUNT, site: 'main', messageId: 'waits' }),
  }
}

describe('a SQLite outbox that is copied into PostgreSQL', () => {
  it('is there as it was: events in every state, histories, counts, connections, keys', async () => {
    const { path, told } = await fill()
    const { url } = newSchema()
    expect(await copyFromSqlite(path, url, { now: LATER })).toMatchObject({ outbox: 7, accounts: 2, tallies: 2, grants: 1, identities: 1 })
    const store = await openPostgresStore(url, PLANS)
    onTestFinished(store.close)
    // PostgreSQL's text holds neither NUL nor half a character.
    const storable = (value: unknown) => JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? each.toWellFormed().replaceAll('\0', '\ufffd') : each))
    const { payloads, ...others } = await tell(store)
    const { payloads: before, ...othersBefore } = told
    const remembered = { ...told.remembered, moments: told.remembered.moments.map((moment) => (moment.key === LONG ? { ...moment, key: expect.stringMatching(/^sha256:/) } : moment)) }
    expect({ ...others, counted: [...others.counted] }).toEqual({ ...storable({ ...othersBefore, counted: [...othersBefore.counted] }), remembered })
    expect(payloads).toMatchObject([{ properties: { method: 'a\0b', loginCount: 1 }, extraData: { note: 'x\0y' }, placement: before[0]?.placement }])
  })

  it('goes on where it was: repeats are duplicates, histories grow, what was being sent is sent, under a later epoch', async () => {
    const { path } = await fill()
    const { url } = newSchema()
    await copyFromSqlite(path, url, { now: LATER })
    const store = await openPostgresStore(url, PLANS)
    onTestFinished(store.close)
    expect(await store.enqueue([anEvent({ messageId: 'delivered' }), anEvent({ messageId: 'waits', subject: 'nul\0 half\ud800' }), anEvent({ messageId: 'new' })])).toEqual(['duplicate', 'duplicate', 'queued'])
    const held = await lease(store, { now: LATER })
    expect(held.epoch).toBe(3)
    const rows = await claim(store, held, { now: LATER })
    expect(rows.map(({ messageId }) => messageId)).toEqual(['claimed', 'waits', 'long', 'new'])
    expect(rows.at(-1)).toMatchObject({ properties: { loginCount: 5 } })
    expect(new Set(rows.map(({ seq }) => seq)).size).toBe(4)
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' } })), now: LATER })
    const { received, ...parts } = await store.audit()
    expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBe(received)
  })

  it('is not mixed with what is there already, nor copied half', async () => {
    const { path } = await fill()
    const { url, schema } = newSchema()
    const filled = await openPostgresStore(url, PLANS)
    onTestFinished(filled.close)
    await filled.writeKeySet({ name: 'jwks', text: 'ours', now: NOW })
    await expect(copyFromSqlite(path, url, { now: LATER })).rejects.toThrow('holds something already (key_sets)')
    expect((await query(`select 1 from ${schema}.outbox union all select 1 from ${schema}.accounts`)).rowCount).toBe(0)
  })

  it('is not copied while somebody delivers from it, and nobody writes to it meanwhile', async () => {
    const { path } = await fill()
    const { url } = newSchema()
    const serving = await openSqliteStore(path, PLANS)
    onTestFinished(serving.close)
    await lease(serving, { now: NOW })
    await expect(copyFromSqlite(path, url, { now: NOW + 1 })).rejects.toThrow(`a service delivers from ${path}`)
    const copying = copyFromSqlite(path, url, { now: LATER })
    await expect(copying).resolves.toMatchObject({ outbox: 7 })
  })

  it('takes more rows than one step has', async () => {
    const path = join(folder.path, 'many.db')
    const store = await openSqliteStore(path, PLANS)
    for (let step = 0; step < 5; step++) await store.enqueue(Array.from({ length: 1_001 }, (_, index) => anEvent({ messageId: `${step} ${index}`, subject: `u${index}` })))
    await store.close()
    const steps: number[] = []
    const { url } = newSchema()
    expect(await copyFromSqlite(path, url, { now: LATER, onStep: (rows) => steps.push(rows) })).toMatchObject({ outbox: 5_005, moments: 2_002 })
    expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  })
})
