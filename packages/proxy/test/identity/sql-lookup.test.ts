import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { sqlLookup } from '../../src/identity/sources/sql-lookup.ts'
import { openFreezingProxy } from '../stage/freezing-proxy.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { makeTempFolder } from '../stage/temp-folder.ts'
import { until } from '../stage/until.ts'

const TABLE = `
  create table users (id bigint primary key, issuer text, email text, email_verified boolean);
  insert into users values (1, 'a', 'ada@example.com', true), (2, 'b', 'grace@example.com', false), (3, 'a', null, null)`
const SLOW = {
  sqlite: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 1e12) select cast(max(i) as text) as email from n where $1 is not null`,
  postgres: 'select pg_sleep(60)::text as email where $1::text is not null',
}

const folder = makeTempFolder()
const file = join(folder.path, 'users.db')
const users = new DatabaseSync(file)
users.exec(TABLE)
const postgres = await startPostgres()
const client = new pg.Client(postgres.url)
await client.connect()
await client.query(TABLE)
afterAll(async () => {
  users.close()
  folder.remove()
  await client.query('drop table users')
  await client.end()
})

const DATABASES = [
  { name: 'sqlite' as const, url: `sqlite:${file}`, count: async () => Number(users.prepare('select count(*) as n from users').get()?.n) },
  { name: 'postgres' as const, url: postgres.url, count: async () => Number((await client.query('select count(*) as n from users')).rows[0].n) },
]

describe.each(DATABASES)('sqlLookup in $name', ({ name, url, count }) => {
  function asking(query: string) {
    const { find, close } = sqlLookup({ url, query }).open()
    onTestFinished(async () => close?.())
    return async (subject: string, { issuer = 'a', withinMs = 2_000 } = {}) =>
      find({ site: 'main', subject, issuer }, { signal: AbortSignal.timeout(withinMs), now: () => new Date() })
  }

  it('finds the email of an id, and whether it is verified', async () => {
    const ask = asking('select email, email_verified from users where id = $1')
    expect(await ask('1')).toEqual({ email: 'ada@example.com', emailVerified: true })
    expect(await ask('2')).toEqual({ email: 'grace@example.com', emailVerified: false })
    expect(await ask('3')).toBeUndefined()
    expect(await ask('4')).toBeUndefined()
  })

  it('an id that the column cannot hold is nobody', async () => {
    const ask = asking('select email from users where id = $1')
    for (const subject of ['ada', '99999999999999999999999', '', 'a\0b', '1 or 1=1', "1'; drop table users; --"]) expect(await ask(subject)).toBeUndefined()
    expect(await count()).toBe(3)
  })

  it('the issuer is the second parameter', async () => {
    const ask = asking('select email from users where id = $1 and issuer = $2')
    expect(await ask('2', { issuer: 'b' })).toEqual({ email: 'grace@example.com' })
    expect(await ask('2', { issuer: 'a' })).toBeUndefined()
  })

  it('writes nothing: a query that would is refused', async () => {
    const write = "insert into users (id, email) values (9, 'eve@example.com') returning email"
    expect(() => sqlLookup({ url, query: write })).toThrow('query must be one select')
    const hidden = name === 'sqlite' ? "with a as (select $1) insert into users (id) select 9 from a returning email" : `with a as (${write}) select email from a where $1::text is not null`
    await expect(asking(hidden)('1')).rejects.toThrow(/^sqlLookup/)
    expect(await count()).toBe(3)
  })

  it('several rows for one person are nobody in particular', async () => {
    await expect(asking('select email from users where $1 is not null and email is not null'.replace('$1', name === 'sqlite' ? '$1' : '$1::text'))('1')).rejects.toThrow('several rows')
  })

  it('a query without a column "email" is said to have none', async () => {
    await expect(asking('select issuer from users where id = $1')('1')).rejects.toThrow('no column "email"')
  })

  it('a query that takes too long is ended, and the next one is answered', async () => {
    await expect(asking(SLOW[name])('1', { withinMs: 300 })).rejects.toThrow(/^sqlLookup/)
    expect(await asking('select email from users where id = $1')('1')).toEqual({ email: 'ada@example.com' })
  })

  it('many questions share the connections', async () => {
    const ask = asking('select email from users where id = $1')
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('1')))
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"email":"ada@example.com"}']))
    if (name === 'sqlite') return
    const { rows } = await client.query("select count(*)::int as n from pg_stat_activity where application_name = 'trackline look-up'")
    expect(rows[0].n).toBeLessThanOrEqual(2)
  })
})

describe('sqlLookup', () => {
  it('a connection that is cut in the middle of a query ends that query alone, and the next one is answered', async () => {
    const network = await openFreezingProxy(Number(new URL(postgres.url).port))
    const url = Object.assign(new URL(postgres.url), { hostname: '127.0.0.1', port: String(network.port) }).href
    const { find, close } = sqlLookup({ url, query: "select email from users where id = $1 and (id <> 2 or pg_sleep(60)::text = '')" }).open()
    onTestFinished(async () => {
      await close?.()
      await network.close()
    })
    const ask = async (subject: string) => find({ site: 'main', subject }, { signal: AbortSignal.timeout(2_000), now: () => new Date() })
    const asked = ask('2')
    asked.catch(() => undefined)
    await until('the query runs', async () => (await client.query("select from pg_stat_activity where query like '%pg_sleep(60)%' and wait_event = 'PgSleep'")).rowCount === 1)
    network.cut()
    await expect(asked).rejects.toMatchObject({ name: 'SourceUnavailable' })
    expect(await ask('1')).toEqual({ email: 'ada@example.com' })
  })

  it('is unavailable while the database is not there, and shows no password', async () => {
    const gone = [`sqlite:${join(folder.path, 'nowhere', 'none.db')}`, 'postgres://user:CANARY@127.0.0.1:1/users']
    for (const url of gone) {
      const { find, close } = sqlLookup({ url, query: 'select email from users where id = $1' }).open()
      const asked = Promise.resolve(find({ site: 'main', subject: '1' }, { signal: AbortSignal.timeout(2_000), now: () => new Date() }))
      await expect(asked).rejects.toMatchObject({ name: 'SourceUnavailable', message: expect.not.stringContaining('CANARY') })
      await close?.()
    }
  })

  it.each([
    ['no URL', { url: '' }, 'url must be'],
    ['another database', { url: 'mysql://user:CANARY@db/users' }, 'url must be'],
    ['no parameter', { query: 'select email from users' }, 'query must have $1'],
    ['a delete', { query: 'delete from users where id = $1' }, 'query must be one select'],
  ])('refuses %s at the start', (_, options, says) => {
    const attempt = () => sqlLookup({ url: 'sqlite:users.db', query: 'select email from users where id = $1', ...options })
    expect(attempt).toThrow(says)
    expect(attempt).not.toThrow('CANARY')
  })
})
