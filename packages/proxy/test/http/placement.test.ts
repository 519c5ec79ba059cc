import { defineEvents, text } from '@trackline/shared'
import { afterAll, describe, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { generateServerKey } from '../../src/identity/server-key.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const events = defineEvents({
  login: { properties: { method: text({ optional: true, contactProperty: 'last_method' }) } },
  invoice_paid: { objectType: 'companies', header: 'Paid {{amount}}', properties: { amount: text() } },
  deal_viewed: { objectType: 'deals' },
})
const key = generateServerKey()
const stack = await startStack({ config: { events }, site: { serverKeys: [key.digest] } })
afterAll(stack.close)

const IFRAME = { linkLabel: 'Show invoice', headerLabel: 'Invoice 7', url: 'https://app.example.com/invoices/7', width: 800, height: 600 }
const PAID = { event: 'invoice_paid', properties: { amount: '120' } }
const byServer = (message: object) => stack.track(message, { headers: { authorization: `Bearer ${key.key}` } })

async function stored(objectId: string): Promise<unknown> {
  return until(`an event is on the record ${objectId}`, async () => {
    const all = await stack.emulated<{ objectId: string }[]>('/_emulator/events')
    return all.find((event) => event.objectId === objectId)
  })
}

describe('a server key', () => {
  it('puts an event on a company, with its domain and a page that opens from it; nobody need have acted', async () => {
    expect((await byServer({ ...PAID, objectId: '9001', domain: 'acme.example', timelineIFrame: IFRAME })).status).toBe(202)
    expect(await stored('9001')).toMatchObject({ objectType: 'companies', tokens: { amount: '120' }, timelineIFrame: IFRAME })
  })

  it('puts an event on a deal, whoever acted', async () => {
    await byServer({ event: 'deal_viewed', userId: 'ada', email: 'ada@example.com', objectId: 9002 })
    expect(await stored('9002')).toMatchObject({ objectType: 'deals' })
    expect(await stack.timelineOf('ada@example.com')).toEqual([])
  })

  it("puts an event on the contact of that number; the email beside it does not become that contact's", async () => {
    await byServer({ event: 'login', email: 'grace@example.com' })
    const [{ objectId } = { objectId: '' }] = (await stack.delivered('grace@example.com', 1)) as unknown as { objectId: string }[]
    await byServer({ event: 'login', email: 'mallory@example.com', objectId })
    await until('both are there', async () => (await stack.timelineOf('grace@example.com')).length === 2)
    expect(await stack.timelineOf('mallory@example.com')).toEqual([])
  })
})

describe('what is refused', () => {
  it.each<[string, object, RegExp]>([
    ['a record by name', { ...PAID, objectId: 'acme' }, /objectId must be HubSpot's number of a record: got 'acme'/],
    ['a record by a fraction', { ...PAID, objectId: 1.5 }, /got 1\.5/],
    ['a company event on nothing', { ...PAID, userId: 'ada' }, /'invoice_paid' is an event of companies.*objectId/],
    ['a domain that is an address', { ...PAID, objectId: 1, domain: 'https://acme.example' }, /domain must be/],
    ['a frame without its size', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, width: undefined } }, /timelineIFrame must have/],
    ['a frame of script', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, url: 'javascript:alert(1)' } }, /url \(https\)/],
    ['a label with a control character', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, linkLabel: 'a\0b' } }, /no control characters/],
    ['a label with half a surrogate pair', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, headerLabel: 'a\ud83d' } }, /surrogate pair/],
    ['a frame whose url has a line break', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, url: `${IFRAME.url}\n` } }, /no control characters/],
    ['a frame whose url has half a surrogate pair', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, url: `${IFRAME.url}\udc00` } }, /surrogate pair/],
    ['a frame with more', { ...PAID, objectId: 1, timelineIFrame: { ...IFRAME, onload: 'x' } }, /nothing else/],
  ])('%s is PLACEMENT_INVALID', async (_, message, says) => {
    expectProblem(await byServer(message), 'PLACEMENT_INVALID', says)
  })

  it.each([{ objectId: '9001' }, { domain: 'acme.example' }, { timelineIFrame: IFRAME }])('%o from a session is IDENTITY_IN_BODY', async (members) => {
    expectProblem(await stack.track({ event: 'login', ...members }), 'IDENTITY_IN_BODY')
  })

  it("a company's event from a session is PLACEMENT_INVALID: who is signed in says nothing of a company", async () => {
    expectProblem(await stack.track(PAID), 'PLACEMENT_INVALID', /only a server key/)
  })

  it('a contact by number alone, where contact-properties is to find it by email, is PLACEMENT_INVALID', async () => {
    const both = await startStack({ config: { events }, site: { serverKeys: [key.digest], targets: ['timeline-v3', 'contact-properties'] } })
    try {
      const reply = await both.track({ event: 'login', objectId: 501 }, { headers: { authorization: `Bearer ${key.key}` } })
      expectProblem(reply, 'PLACEMENT_INVALID', /send email beside objectId/)
    } finally {
      await both.close()
    }
  })
})
