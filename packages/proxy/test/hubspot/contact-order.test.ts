import fc from 'fast-check'
import { count, date, defineEvents, first, last, number, oneOf, text } from '@trackline/shared'
import { describe, expect, it, onTestFinished } from 'vitest'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { contactProperties } from '../../src/hubspot/contact-properties.ts'
import { NOT_SENT } from '../../src/hubspot/target.ts'
import type { Row } from '../../src/outbox/event.ts'
import { aRow } from '../flows/a-row.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'
import { useSchema } from '../stage/use-schema.ts'

const DAY_MS = 24 * 3_600_000
/** A batch that is always lost would never be delivered. */
const MOST_LOST = 20
const EMAIL = 'ada@example.com'

const events = defineEvents({
  login: {
    properties: {
      method: oneOf(['password', 'sso'], { contactProperty: 'login_method' }),
      logins: number({ derive: count('login'), contactProperty: 'login_count' }),
      since: date({ derive: first('login'), contactProperty: 'first_login' }),
      seen: date({ derive: last('login'), contactProperty: 'last_login' }),
    },
  },
  visit: { properties: { page: text({ contactProperty: 'last_page' }), at: date({ optional: true, contactProperty: 'last_visit' }) } },
})

async function openStage(store = 'sqlite:./outbox.db') {
  const key = generateServerKey()
  const stack = await startStack({
    config: { events, store, retry: { firstMs: 20, maxMs: 80 }, hubspot: { targets: { 'contact-properties': { batchSize: 1 } } } },
    site: { targets: ['contact-properties'], serverKeys: [key.digest] },
    emulator: { per10s: null },
  })
  onTestFinished(stack.close)
  const headers = { authorization: `Bearer ${key.key}` }
  const contact = async (email = EMAIL) => (await stack.emulated<{ properties: Record<string, string> }>(`/_emulator/contacts/${email}`)).properties
  const send = async (...messages: object[]) => expect((await stack.track(messages.map((each) => ({ email: EMAIL, ...each })), { headers })).status).toBe(202)
  const settled = () => until('nothing waits', async () => (await stack.audit()).queued === 0)
  return { ...stack, contact, send, settled }
}

const login = (method: string, changes: object = {}) => ({ event: 'login', properties: { method }, ...changes })

describe('on a contact the latest event stands', () => {
  it.each([1, 10])('when an earlier one stands aside after %i failures, and is passed', async (next) => {
    const { fail, send, settled, contact, audit } = await openStage()
    await fail({ next, status: 500, path: '/batch' })
    await send(login('password'), login('sso'))
    await settled()
    expect(await contact()).toMatchObject({ login_method: 'sso', login_count: '2' })
    expect(await audit()).toMatchObject({ delivered: 2, dead: 0 })
  })

  it('when an earlier one was a dead letter that somebody had tried again', async () => {
    const { fail, send, settled, contact, server, audit } = await openStage()
    await fail({ next: 1, status: 400, path: '/batch' })
    await send(login('password'))
    await settled()
    await send(login('sso'), { event: 'visit', properties: { page: '/later' } })
    await settled()
    const { store, world } = server.parts
    const [dead] = await store.listRows({ state: 'dead', limit: 10 })
    if (!dead) throw new Error('the first one is no dead letter')
    await store.retryRows([dead], world.now().getTime())
    await settled()
    expect(await audit()).toMatchObject({ delivered: 3, dead: 0 })
    expect(await contact()).toMatchObject({ login_method: 'sso', login_count: '2', last_page: '/later' })
  })

  it('when it arrives before one that happened earlier, which is counted all the same', async () => {
    const { send, settled, contact } = await openStage()
    const [earlier, later] = [Date.now() - DAY_MS, Date.now() - 1_000].map((ms) => new Date(ms).toISOString())
    await send(login('sso', { timestamp: later }))
    await settled()
    await send(login('password', { timestamp: earlier }))
    await settled()
    expect(await contact()).toMatchObject({ login_method: 'sso', login_count: '2', first_login: String(Date.parse(earlier ?? '')), last_login: String(Date.parse(later ?? '')) })
  })

  it('and what only the earlier one says is written', async () => {
    const { send, settled, contact } = await openStage()
    const at = new Date(Date.now() - 2 * DAY_MS).toISOString()
    await send({ event: 'visit', properties: { page: '/now' } })
    await settled()
    await send({ event: 'visit', timestamp: new Date(Date.now() - DAY_MS).toISOString(), properties: { page: '/before', at } })
    await settled()
    expect(await contact()).toMatchObject({ last_page: '/now', last_visit: String(Date.parse(at)) })
  })
})

it('a process that has lost the account after it read what stands does not write over what another has written since', async () => {
  const { server, emulated, contact } = await openStage()
  const { targets, endpoint, config, store } = server.parts
  const { access_token: accessToken } = await emulated<{ access_token: string }>(`/_emulator/token?portal=${PORTAL}`)
  const row = (seq: number, method: string) =>
    aRow({ seq, occurredAt: seq, account: PORTAL, target: 'contact-properties', person: { subject: 's', email: EMAIL }, properties: { method } })
  let isLost = false
  const slow = contactProperties({
    ...{ endpoint, events, settings: config.hubspot.targets['contact-properties'] },
    contactWrites: {
      async read(query) {
        const written = await store.readContactWrites(query)
        await targets['contact-properties'].send([row(2, 'sso')], accessToken)
        isLost = true
        return written
      },
      note: store.noteContactWrites,
    },
  })
  expect(await slow.send([row(1, 'password')], accessToken, () => isLost)).toBe(NOT_SENT)
  expect(await contact()).toMatchObject({ login_method: 'sso' })
})

const drawnRows = fc.array(fc.record({ person: fc.nat(1), at: fc.nat(3), moves: fc.nat() }), { minLength: 1, maxLength: 10 })
const drawnFates = fc.array(fc.constantFrom('sent', 'lost', 'twice'), { minLength: 1 })

const postgres = await startPostgres()

async function emptySchema(): Promise<string> {
  const { url, drop } = useSchema(postgres.url, `contact_order_${process.pid}`)
  onTestFinished(drop)
  return url
}

it.each([
  ['SQLite', undefined],
  ['PostgreSQL', emptySchema],
])('%s: in whatever order, company and repetition events are delivered, each contact ends with what its latest event says', async (_, store) => {
  const { server, emulated, fail, contact } = await openStage(await store?.())
  const { access_token: accessToken } = await emulated<{ access_token: string }>(`/_emulator/token?portal=${PORTAL}`)
  const target = server.parts.targets['contact-properties']
  let people = 0
  await fc.assert(
    fc.asyncProperty(drawnRows, drawnFates, async (drawn, fates) => {
      people += 2
      const emails = [`p${people}@example.com`, `p${people + 1}@example.com`]
      const rows = drawn.map(({ person, at }, index): Row => {
        const properties = { method: index % 2 ? 'sso' : 'password', logins: drawn.slice(0, index + 1).filter((each) => each.person === person).length }
        return aRow({ seq: index + 1, account: PORTAL, target: 'contact-properties', person: { subject: 's', email: emails[person] ?? '' }, properties, occurredAt: at })
      })
      const waiting = drawn.map(({ moves }, index) => ({ row: rows[index], moves })).toSorted((a, b) => a.moves - b.moves).flatMap(({ row }) => row ?? [])
      for (let step = 0; waiting.length; step++) {
        const fate = fates[step % fates.length]
        const batch = waiting.splice(0, 1 + (step % 3))
        if (fate === 'lost' && step < MOST_LOST) await fail({ next: 1, resetAfterAccept: true, path: '/batch' })
        const delivery = await target.send(batch, accessToken)
        if (delivery.kind !== 'each') waiting.push(...batch)
        else if (fate === 'twice') await target.send(batch, accessToken)
      }
      for (const email of new Set(rows.map((row) => row.person.email ?? ''))) {
        const own = rows.filter((row) => row.person.email === email)
        const latest = own.toSorted((a, b) => a.occurredAt - b.occurredAt || a.seq - b.seq).at(-1)
        expect(await contact(email)).toMatchObject({ login_method: latest?.properties.method, login_count: String(own.length) })
      }
    }),
    { numRuns: 60 },
  )
})
