import { describe, expect, it } from 'vitest'
import { planDerivations } from '../../src/outbox/derive.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { readPostgresUrl } from '../../src/store/postgres/read-url.ts'
import type { Servers } from '../../src/store/postgres/servers.ts'
import { MIGRATIONS } from '../../src/store/postgres/schema.ts'
import { events } from '../stage/events.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { until } from '../stage/until.ts'
import { ACCOUNT, anEvent, claim, connect, lease, NOW } from './behaviour/store-stage.ts'
import { postgresStores } from './open-postgres.ts'

const PLANS = planDerivations(events)

/** Where connections go, one after the other when none can be used. */
function urlsOf(servers: Servers | undefined): (string | undefined)[] {
  return Array.from({ length: servers?.count ?? 0 }, () => {
    const server = servers?.current() ?? {}
    servers?.turnFrom(server)
    return server.connectionString
  })
}

const { url: serverUrl } = await startPostgres()
const { open, query, newSchema, isListening } = postgresStores(serverUrl)

describe('migrations', () => {
  it('nodes that start at the same moment make the tables once, and all of them work', async () => {
    const { url, schema } = newSchema()
    const stores = await Promise.all(Array.from({ length: 4 }, () => openPostgresStore(url, {})))
    const answers = await Promise.all(stores.map((store, index) => store.enqueue([anEvent({ messageId: `m${index}` })])))
    expect(answers.flat()).toEqual(['queued', 'queued', 'queued', 'queued'])
    expect((await query(`select version from ${schema}.schema_version order by version`)).rows).toEqual(
      MIGRATIONS.map((_, index) => ({ version: index + 1 })),
    )
    await Promise.all(stores.map((store) => store.close()))
  })

  it('tables of the first version get their counts from their rows', async () => {
    const { url, schema } = newSchema()
    await query(`create schema ${schema}`)
    await query(`set search_path = ${schema}; ${MIGRATIONS[0]}; create table schema_version (version integer primary key);
      insert into schema_version values (1); reset search_path`)
    await query(`insert into ${schema}.tallies (account, site, slot, received, duplicate, rejected, forgotten)
      values (1, 'main', 3, 10, 2, 1, 2), (1, 'main', 0, 2, 0, 0, 1), (0, 'main', 1, 1, 0, 1, 0)`)
    for (const [index, state] of ['due', 'due', 'needs_identity', 'delivered', 'dead'].entries()) {
      await query(`insert into ${schema}.outbox (account, site, message_id, subject, target, event_id, event, state, properties, occurred_at, received_at)
        values (1, 'main', $1, 'ada', 'timeline-v3', 'e', 'login', $2, '{}', 0, 0)`, [String(index), state])
    }
    const store = await openPostgresStore(url, {})
    const counts = { queued: 2, needsIdentity: 1, delivered: 4, dead: 1 }
    expect(await store.audit()).toEqual({ received: 13, duplicate: 2, rejected: 2, ...counts })
    expect(await store.auditBySite()).toMatchObject([{ site: 'main', stored: { ...counts, delivered: 1 } }])
    await store.close()
  })

  it('tables of a newer version are refused, with what to do, and not changed', async () => {
    const { url, schema, store } = await open()
    await store.close()
    await query(`insert into ${schema}.schema_version values (999)`)
    await expect(openPostgresStore(url, {})).rejects.toThrow(/newer Trackline .*version 999.*upgrade/)
  })

  it('a role that may not make schemas works in one that was made for it', async () => {
    const { schema } = newSchema()
    const role = `${schema}_role`
    await query(`create role ${role} login password 'pw'`)
    await query(`create schema ${schema} authorization ${role}`)
    const { host, pathname } = new URL(serverUrl)
    const store = await openPostgresStore(`postgres://${role}:pw@${host}${pathname}?schema=${schema}`, {})
    expect(await store.enqueue([anEvent()])).toEqual(['queued'])
    await store.close()
    await query(`drop owned by ${role} cascade`)
    await query(`drop role ${role}`)
  })
})

describe('the tables', () => {
  it('every unique index that storing or delivering uses begins with the account', async () => {
    const { schema } = await open()
    const { rows } = await query(
      `select i.indexrelid::regclass::text as name, a.attname as first
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
       where i.indisunique and i.indrelid in (select oid from pg_class where relnamespace = $1::regnamespace)`, [schema],
    )
    const others = rows.filter(({ first }) => first !== 'account').map(({ name }) => name.split('.').pop())
    expect(others.sort()).toEqual(['canary_pkey', 'connections_pkey', 'denials_pkey', 'denials_revision_key', 'key_sets_pkey', 'schema_version_pkey', 'signing_keys_pkey', 'tickets_pkey'])
    expect(rows.length).toBeGreaterThan(others.length)
  })

  it('a claim touches no index', async () => {
    const { store, schema } = await open()
    await connect(store)
    await store.enqueue([anEvent()])
    await claim(store, await lease(store))
    // A connection reports what it has done when it ends, if not before.
    await store.close()
    const { n_tup_hot_upd } = await until('the claim was reported', async () => {
      const { rows } = await query("select * from pg_stat_user_tables where schemaname = $1 and relname = 'outbox'", [schema])
      return rows[0].n_tup_upd === '1' && rows[0]
    })
    // The row's new version is found through the old entries of the indexes.
    expect(n_tup_hot_upd).toBe('1')
  })

  it('two schemas of one database are two outboxes', async () => {
    const [one, two] = [await open(), await open()]
    await one.store.enqueue([anEvent()])
    expect(await two.store.enqueue([anEvent()])).toEqual(['queued'])
    expect((await one.store.audit()).received).toBe(1)
  })
})

describe('texts', () => {
  it('a property that is longer than an index can hold keys a moment all the same', async () => {
    const { store } = await open(PLANS)
    await connect(store)
    const long = (end: string) => '\u{1F600}'.repeat(999) + end
    const about = (end: string) => ({ messageId: `about ${end}`, properties: { transactionId: long(end) } })
    const started = (end: string) => anEvent({ name: 'transaction_initiated', ...about(end) })
    const ended = (end: string) => anEvent({ name: 'transaction_completed', ...about(end), messageId: `end of ${end}`, occurredAt: NOW + 5 })
    await store.enqueue([started('a'), started('b')])
    await store.enqueue([ended('b'), ended('c')])
    const rows = await claim(store, await lease(store))
    expect(rows.map((row) => row.properties.tookMs)).toEqual([undefined, undefined, 5, undefined])
  })

  const ODD_TEXTS = [['NUL', 'a\0b'], ['half a surrogate pair', 'a\ud800b']] as const
  it.each(ODD_TEXTS)('%s in a name, a detail or extra data is no reason to refuse an event', async (_, text) => {
    const { store } = await open(PLANS)
    await connect(store)
    const event = anEvent({ subject: text, issuer: text, eventId: 'e', email: 'ada@example.com', extraData: { text } })
    expect(await store.enqueue([event])).toEqual(['queued'])
    expect(await store.enqueue([event])).toEqual(['duplicate'])
    const held = await lease(store)
    const [row] = await claim(store, held)
    expect(row?.extraData).toEqual({ text })
    const outcome = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: text } as const
    await store.settle(held, { rows: [{ seq: row?.seq ?? 0, outcome }], now: NOW })
    const found = await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1', subject: text })
    expect(found).toMatchObject([{ state: 'dead', detail: 'a\ufffdb' }])
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId: text })).toEqual([])
  })

  it('extra data that is null is not taken for none', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ extraData: null }), anEvent({ messageId: 'm2' })])
    const rows = await claim(store, await lease(store))
    expect(rows.map((row) => 'extraData' in row)).toEqual([true, false])
  })
})

describe('the URL', () => {
  const URL_OF_OTHERS = 'postgres://ada:hunter2@db.example.com/app'

  it('defaults: ten connections, the schema trackline, a listener at the same address', () => {
    const { poolSize, schema, servers, listen } = readPostgresUrl(URL_OF_OTHERS)
    expect({ poolSize, schema }).toEqual({ poolSize: 10, schema: 'trackline' })
    expect([urlsOf(servers), urlsOf(listen)]).toEqual([[URL_OF_OTHERS], [URL_OF_OTHERS]])
  })

  it('what is ours is taken out of it; what is PostgreSQL\'s stays', () => {
    const direct = 'postgres://ada:hunter2@direct.example.com/app?sslmode=disable'
    const read = readPostgresUrl(`${URL_OF_OTHERS}?pool=3&sslmode=verify-full&schema=events&listen=${encodeURIComponent(direct)}`)
    expect(read).toMatchObject({ poolSize: 3, schema: 'events' })
    expect([urlsOf(read.servers), urlsOf(read.listen)]).toEqual([[`${URL_OF_OTHERS}?sslmode=verify-full`], [direct]])
  })

  it('may name several hosts: each is a server, with all that the URL says', () => {
    const { servers, listen } = readPostgresUrl('postgres://ada:hunter2@one:5432,two:5433,three/app?target_session_attrs=read-write&pool=4&sslmode=disable')
    const urls = ['one:5432', 'two:5433', 'three'].map((host) => `postgres://ada:hunter2@${host}/app?sslmode=disable`)
    expect([urlsOf(servers), urlsOf(listen)]).toEqual([urls, urls])
  })

  it('listening can be switched off', () => {
    expect(readPostgresUrl(`${URL_OF_OTHERS}?listen=off`).listen).toBeUndefined()
  })

  it.each([
    ['pool=1', /"pool" must be a whole number from 2 to 500: got '1'/],
    ['pool=many', /"pool".*got 'many'/],
    ['statement_timeout=5s', /"statement_timeout" must be milliseconds from 100 to 600000: got '5s'/],
    ['schema=Bad-Name', /"schema".*got 'Bad-Name'/],
    ['schema=pg%22;drop', /"schema" must be/],
    ['target_session_attrs=any', /"target_session_attrs" must be read-write or primary, .*got 'any'/],
    ['listen=on', /"listen" must be 'off', or a URL such as postgres:/],
  ])('%s is refused, and the password is not shown', (parameter, says) => {
    const read = () => readPostgresUrl(`${URL_OF_OTHERS}?${parameter}`)
    expect(read).toThrow(says)
    expect(read).not.toThrow(/hunter2/)
    expect(read).toThrow(TypeError)
  })

  it.each(['mysql://ada:hunter2@db/app', 'postgres://ada:hun#ter2@db/app', 'ada:hunter2'])('%s is refused, and not shown', (url) => {
    expect(() => readPostgresUrl(url)).toThrow(/store must be a URL such as postgres:/)
    expect(() => readPostgresUrl(url)).not.toThrow(/hun/)
  })

  it('with the listener switched off, a store has no connection that listens', async () => {
    const { url, schema } = newSchema()
    const store = await openPostgresStore(`${url}&listen=off`, {})
    store.onDue?.(() => undefined)
    await store.enqueue([anEvent()])
    expect(await isListening(schema, 0)).toBe(true)
    await store.close()
  })
})
