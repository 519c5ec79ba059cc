import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MintOptions } from '@trackline/session'
import { generateServerKey } from './stage/generate-server-key.ts'
import { mintToken } from './stage/mint-token.ts'
import type { Somebody } from './stage/mint-token.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { postRaw } from './stage/post-raw.ts'
import { askStatus, post, sendEvents } from './stage/send-events.ts'
import { waitUntil } from './stage/wait-until.ts'

const ADA = { id: 'ada', email: 'ada@example.com' }
const MALLORY = { id: 'mallory', email: 'mallory@example.com' }
/** Every name under which Ada could be meant. */
const AS_ADA = { email: ADA.email, userId: ADA.id, user_id: ADA.id, sub: ADA.id, objectId: '501', utk: 'ada', person: ADA }
const OWN_PORTAL = 62515
/** Where a page of the site `main` comes from. */
const ORIGIN = 'http://127.0.0.1:4402'

let stage: Stage
let serverKey: string
let messages = 0

beforeAll(async () => {
  const { key, digest } = await generateServerKey()
  serverKey = key
  stage = await openStage({ accounts: 2, env: { TRACKLINE_STAGE_SERVER_KEY: digest, TRACKLINE_DEMO_ORIGIN: ORIGIN } })
})
afterAll(() => stage.close())

describe('what a page sends beside its session never changes whose timeline is written', () => {
  it.each(['email', 'utk', 'objectId'])('a message that carries "%s" is refused as IDENTITY_IN_BODY', async (member) => {
    const message = { ...transfer(), [member]: ADA.email }
    const { status, body } = await post(`${stage.proxyUrl}/v1/track`, message, await asMallory())
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'IDENTITY_IN_BODY' })
    expect(body.results?.map((result) => result.status)).toEqual(['rejected'])
  })

  it.each(['email', 'utk', 'objectId'])('a batch that carries "%s" beside its messages is refused whole', async (member) => {
    const batch = [transfer(), transfer()]
    const { status, body } = await post(`${stage.proxyUrl}/v1/batch`, { batch, [member]: ADA.email }, await asMallory())
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'IDENTITY_IN_BODY' })
    for (const { messageId } of batch) expect(await askStatus(stage, MALLORY, messageId)).toBeUndefined()
  })

  it.each(['email', 'userId', 'objectId', 'utk', 'lastLogin'])('a property "%s" that no page sends is refused', async (name) => {
    const message = { event: 'login', messageId: nextId(), properties: { method: 'sso', [name]: ADA.email } }
    const { body: { results } } = await sendEvents(stage, MALLORY, [message])
    expect(results).toMatchObject([{ status: 'rejected', error: { code: 'PROPERTY_INVALID' } }])
  })

  it.each<[string, Record<string, unknown>]>([
    ['userId and anonymousId', { userId: ADA.id, anonymousId: ADA.id }],
    ['context', { context: { ...AS_ADA, traits: AS_ADA, userAgent: 'Ada' } }],
    ['traits', { traits: AS_ADA }],
    ['integrations', { integrations: { HubSpot: AS_ADA } }],
    ['site, portal and account', { site: 'site-2', portal: OWN_PORTAL + 1, account: OWN_PORTAL + 1, writeKey: 'site-2' }],
    ['sub, person, contactId', { sub: ADA.id, person: ADA, contactId: 501, user: AS_ADA }],
    ['extraData', { extraData: { ...AS_ADA, items: [AS_ADA] } }],
  ])('%s of a message: the event is Mallory\'s own', async (_name, members) => {
    const message = { ...transfer(), ...members }
    expect(await sendEvents(stage, MALLORY, [message])).toMatchObject({ status: 202, body: { results: [{ status: 'queued' }] } })
    await expectOnMallorysTimeline(message.messageId)
  })

  it('members beside a batch: the event is Mallory\'s own', async () => {
    const message = transfer()
    const beside = { userId: ADA.id, context: { traits: AS_ADA }, traits: AS_ADA, writeKey: 'ada', sub: ADA.id }
    expect((await post(`${stage.proxyUrl}/v1/batch`, { batch: [message], ...beside }, await asMallory())).status).toBe(202)
    await expectOnMallorysTimeline(message.messageId)
  })

  it('the query string: the event is Mallory\'s own', async () => {
    const message = transfer()
    const query = new URLSearchParams({ ...AS_ADA, person: ADA.id, site: 'main' })
    expect((await post(`${stage.proxyUrl}/v1/track?${query}`, message, await asMallory())).status).toBe(202)
    await expectOnMallorysTimeline(message.messageId)
  })

  it('headers: the event is Mallory\'s own', async () => {
    const message = transfer()
    const headers = {
      'x-user-id': ADA.id, 'x-email': ADA.email, 'x-forwarded-user': ADA.id, 'x-forwarded-email': ADA.email, from: ADA.email,
      'x-trackline-user': ADA.id, forwarded: `for=${ADA.id}`, cookie: `session=${ADA.id}; hubspotutk=ada; __session=${ADA.id}`,
    }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, { ...headers, ...(await asMallory()) })).status).toBe(202)
    await expectOnMallorysTimeline(message.messageId)
  })

  it.each([
    '{"event":"logout","__proto__":{"email":"ada@example.com"}}',
    '{"event":"logout","constructor":{"prototype":{"email":"ada@example.com"}}}',
  ])('a body that reaches for prototypes is refused: %s', async (body) => {
    const headers = { 'content-type': 'application/json', ...(await asMallory()) }
    const response = await fetch(`${stage.proxyUrl}/v1/track`, { method: 'POST', headers, body })
    expect({ status: response.status, code: (await response.json()).code }).toEqual({ status: 400, code: 'BODY_INVALID' })
  })

  it('leaves Ada without a trace in HubSpot', async () => {
    expect((await stage.hubspot.contacts()).map(({ email }) => email)).toEqual([MALLORY.email])
    expect(new Set((await stage.hubspot.events()).map(({ portalId }) => portalId))).toEqual(new Set([OWN_PORTAL]))
  })

  it('and yet the same message from a server with a server key is Ada\'s', async () => {
    const message = { ...transfer(), email: ADA.email, userId: ADA.id }
    const headers = { origin: ORIGIN, authorization: `Bearer ${serverKey}` }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, headers)).status).toBe(202)
    const [event] = await waitUntil('the event is on Ada\'s timeline', async () => {
      const events = await stage.hubspot.events(ADA.email)
      return events.length > 0 && events
    })
    expect(event?.tokens.transactionId).toBe(message.messageId)
  })
})

describe('two people who send the same messageId', () => {
  it('have an event each, and neither sees the other\'s', async () => {
    const { messageId, ...rest } = transfer()
    for (const person of [ADA, MALLORY]) {
      const message = { ...rest, messageId, properties: { ...rest.properties, recipient: person.id } }
      const { body } = await sendEvents(stage, person, [message])
      expect(body.results).toEqual([{ messageId, status: 'queued' }])
    }
    for (const person of [ADA, MALLORY]) {
      await waitUntilDelivered(person, messageId)
      const own = (await stage.hubspot.events(person.email)).filter(({ tokens }) => tokens.transactionId === messageId)
      expect(own).toMatchObject([{ tokens: { recipient: person.id }, writes: 1 }])
    }
  })

  it('a second send of one\'s own is a duplicate, whatever it holds', async () => {
    const message = transfer()
    await sendEvents(stage, MALLORY, [message])
    const again = await sendEvents(stage, MALLORY, [{ ...message, properties: { ...message.properties, amount: 999 } }])
    expect(again).toMatchObject({ status: 202, body: { results: [{ status: 'duplicate' }] } })
    await waitUntilDelivered(MALLORY, message.messageId)
    const stored = (await stage.hubspot.events()).filter(({ tokens }) => tokens.transactionId === message.messageId)
    expect(stored).toMatchObject([{ tokens: { amount: '1' } }])
  })

  it('nobody can ask what became of another\'s event', async () => {
    const message = transfer()
    await sendEvents(stage, ADA, [message])
    expect(await askStatus(stage, ADA, message.messageId)).toMatchObject({ messageId: message.messageId })
    expect(await askStatus(stage, MALLORY, message.messageId)).toBeUndefined()
  })
})

describe('a token that does not prove who speaks', () => {
  it.each<[string, Partial<MintOptions>, string]>([
    ['for the audience of another site', { audience: 'trackline-2' }, 'main'],
    ['from another issuer', { issuer: 'southwind' }, 'main'],
    ['signed with another secret', { secret: 'x'.repeat(44) }, 'main'],
    ['for the one site, sent to the other', {}, 'site-2'],
  ])('%s is 401', async (_situation, changes, site) => {
    const message = transfer()
    const headers = { authorization: `Bearer ${await mintToken(stage.env, ADA, changes)}` }
    const { status, body } = await post(`${stage.proxyUrl}/v1/track?site=${site}`, message, headers)
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'SESSION_INVALID' })
    await expectNothingStored(message.messageId)
  })

  it.each<[string, (token: string) => string[], string]>([
    ['none at all', () => [], 'SESSION_MISSING'],
    ['with another payload', (token) => [withPayload(token, { sub: ADA.id, email: ADA.email })], 'SESSION_INVALID'],
    ['without a signature', (token) => [`Bearer ${token.split('.').slice(0, 2).join('.')}.`], 'SESSION_INVALID'],
    ['with the algorithm "none"', (token) => [`Bearer ${encode({ alg: 'none' })}.${token.split('.')[1]}.`], 'SESSION_INVALID'],
    ['twice, with two people', (token) => [`Bearer ${token}`, withPayload(token, { sub: ADA.id })], 'SESSION_INVALID'],
    ['a server key that is nobody\'s', () => [`Bearer tl_${'A'.repeat(49)}`], 'SERVER_KEY_INVALID'],
  ])('%s is 401', async (_situation, headersFrom, code) => {
    const message = transfer()
    const headers = headersFrom(await mintToken(stage.env, MALLORY))
    const answer = await postRaw(`${stage.proxyUrl}/v1/track?site=main`, message, headers)
    expect({ status: answer.status, code: JSON.parse(answer.text).code }).toEqual({ status: 401, code })
    await expectNothingStored(message.messageId)
  })

  it('that has expired is 401 SESSION_EXPIRED', async () => {
    const anHourAgo = () => new Date(Date.now() - 3_600_000)
    const headers = { authorization: `Bearer ${await mintToken(stage.env, ADA, { now: anHourAgo })}`, origin: ORIGIN }
    expect((await post(`${stage.proxyUrl}/v1/track`, transfer(), headers)).body.code).toBe('SESSION_EXPIRED')
  })

  it('from a page of an unlisted origin is 403, with a good token too', async () => {
    const message = transfer()
    const headers = { ...(await asMallory()), origin: 'https://evil.example' }
    const { status, body } = await post(`${stage.proxyUrl}/v1/track`, message, headers)
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' })
    await expectNothingStored(message.messageId)
  })

  it('with an email that its issuer calls unverified writes nobody\'s timeline', async () => {
    const before = (await stage.hubspot.events(ADA.email)).length
    const [message, marker] = [transfer(), transfer()]
    const eve = { id: 'eve', email: ADA.email }
    const unverified = await mintToken(stage.env, eve, { emailVerified: false })
    const headers = { authorization: `Bearer ${unverified}`, origin: ORIGIN }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, headers)).status).toBe(202)
    const status = await askStatus(stage, { ...eve, email: 'eve@example.com' }, message.messageId)
    expect(status).toMatchObject({ state: 'needs_identity' })
    await sendEvents(stage, MALLORY, [marker])
    await expectOnMallorysTimeline(marker.messageId)
    expect(await stage.hubspot.events(ADA.email)).toHaveLength(before)
  })
})

function nextId(): string {
  messages += 1
  return `message-${messages}`
}

function transfer() {
  const messageId = nextId()
  const properties = { transactionId: messageId, amount: 1, currency: 'EUR', recipient: 'Mallory' }
  return { event: 'transaction_initiated', messageId, properties }
}

async function asMallory(): Promise<Record<string, string>> {
  return { origin: ORIGIN, authorization: `Bearer ${await mintToken(stage.env, MALLORY)}` }
}

async function waitUntilDelivered(person: Somebody, messageId: string): Promise<void> {
  await waitUntil(`${messageId} is delivered`, async () => (await askStatus(stage, person, messageId))?.state === 'delivered')
}

async function expectOnMallorysTimeline(messageId: string): Promise<void> {
  await waitUntilDelivered(MALLORY, messageId)
  const events = (await stage.hubspot.events()).filter(({ tokens }) => tokens.transactionId === messageId)
  expect(events.map(({ email, portalId }) => ({ email, portalId }))).toEqual([{ email: MALLORY.email, portalId: OWN_PORTAL }])
}

/** Whoever asks: a server key sees every event of its site. */
async function expectNothingStored(messageId: string): Promise<void> {
  const headers = { authorization: `Bearer ${serverKey}` }
  const response = await fetch(`${stage.proxyUrl}/v1/events/${messageId}?site=main`, { headers })
  expect({ messageId, status: response.status }).toEqual({ messageId, status: 404 })
}

/** The token's header and signature around other claims. */
function withPayload(token: string, claims: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const changed = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), ...claims }
  return `Bearer ${header}.${encode(changed)}.${signature}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
