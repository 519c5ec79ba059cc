import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MintOptions } from '@trackline/session'
import { mintToken } from './stage/mint-token.ts'
import { openStage } from './stage/open-stage.ts'
import type { Stage } from './stage/open-stage.ts'
import { mustRunTrackline } from './stage/run-trackline.ts'
import { askStatus, post, sendEvents } from './stage/send-events.ts'
import { waitUntil } from './stage/wait-until.ts'

const ADA = { id: 'ada', email: 'ada@example.com' }
const MALLORY = { id: 'mallory', email: 'mallory@example.com' }
/** Every name under which Ada could be meant. */
const AS_ADA = { email: ADA.email, userId: ADA.id, user_id: ADA.id, sub: ADA.id, objectId: '501', utk: 'adas-cookie', contactId: 501, person: ADA }
const OWN_PORTAL = 62515
/** Where a page of the site `main` comes from. */
const ORIGIN = 'http://127.0.0.1:4402'

let stage: Stage
let serverKey: string
let messages = 0

beforeAll(async () => {
  const { key, digest }: { key: string; digest: string } = JSON.parse(await mustRunTrackline(['keys', 'generate', '--server', '--json'], {}))
  serverKey = key
  stage = await openStage({ accounts: 2, env: { TRACKLINE_STAGE_SERVER_KEY: digest, TRACKLINE_DEMO_ORIGIN: ORIGIN } })
})
afterAll(() => stage.close())

describe('what a page sends beside its session never changes whose timeline is written', () => {
  it.each(['email', 'utk', 'objectId'])('a message that carries "%s" is refused as IDENTITY_IN_BODY', async (member) => {
    const { status, body } = await post(`${stage.proxyUrl}/v1/track`, { ...transfer(), [member]: AS_ADA.email }, await asMallory())
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'IDENTITY_IN_BODY' })
    expect(body.results?.map((result) => result.status)).toEqual(['rejected'])
  })

  it.each(['email', 'utk', 'objectId'])('a batch that carries "%s" beside its messages is refused whole', async (member) => {
    const batch = [transfer(), transfer()]
    const { status, body } = await post(`${stage.proxyUrl}/v1/batch`, { batch, [member]: AS_ADA.email }, await asMallory())
    expect({ status, code: body.code }).toEqual({ status: 422, code: 'IDENTITY_IN_BODY' })
    for (const { messageId } of batch) expect(await askStatus(stage, MALLORY, messageId)).toBeUndefined()
  })

  it.each(['email', 'userId', 'objectId', 'utk', 'lastLogin'])('a property "%s" is refused: no event defines it for a page to send', async (name) => {
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
    const query = new URLSearchParams({ email: ADA.email, userId: ADA.id, sub: ADA.id, objectId: '501', utk: 'adas-cookie', site: 'main' })
    expect((await post(`${stage.proxyUrl}/v1/track?${query}`, message, await asMallory())).status).toBe(202)
    await expectOnMallorysTimeline(message.messageId)
  })

  it('headers: the event is Mallory\'s own', async () => {
    const message = transfer()
    const headers = {
      'x-user-id': ADA.id, 'x-email': ADA.email, 'x-forwarded-user': ADA.id, 'x-forwarded-email': ADA.email, from: ADA.email,
      'x-trackline-user': ADA.id, cookie: `session=${ADA.id}; hubspotutk=adas-cookie; __session=${ADA.id}`, forwarded: `for=${ADA.id}`,
    }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, { ...headers, ...(await asMallory()) })).status).toBe(202)
    await expectOnMallorysTimeline(message.messageId)
  })

  it.each(['{"__proto__":{"email":"ada@example.com"},"event":"logout"}', '{"event":"logout","constructor":{"prototype":{"email":"ada@example.com"}}}'])(
    'a body that reaches for prototypes is refused: %s',
    async (body) => {
      const headers = { 'content-type': 'application/json', ...(await asMallory()) }
      const response = await fetch(`${stage.proxyUrl}/v1/track`, { method: 'POST', headers, body })
      expect({ status: response.status, code: (await response.json()).code }).toEqual({ status: 400, code: 'BODY_INVALID' })
    },
  )

  it('leaves Ada without a trace in HubSpot', async () => {
    expect((await stage.hubspot.contacts()).map(({ email }) => email)).toEqual([MALLORY.email])
    expect(new Set((await stage.hubspot.events()).map(({ portalId }) => portalId))).toEqual(new Set([OWN_PORTAL]))
  })

  it('and yet the same message from a server with a server key is Ada\'s', async () => {
    const message = { ...transfer(), email: ADA.email, userId: ADA.id }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, { origin: ORIGIN, authorization: `Bearer ${serverKey}` })).status).toBe(202)
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
      expect(await sendEvents(stage, person, [message])).toMatchObject({ status: 202, body: { results: [{ messageId, status: 'queued' }] } })
    }
    for (const person of [ADA, MALLORY]) {
      await waitUntil('the event is delivered', async () => (await askStatus(stage, person, messageId))?.state === 'delivered')
      const own = (await stage.hubspot.events(person.email)).filter(({ tokens }) => tokens.transactionId === messageId)
      expect(own.map(({ tokens, writes }) => ({ recipient: tokens.recipient, writes }))).toEqual([{ recipient: person.id, writes: 1 }])
    }
  })

  it('a second send of one\'s own is a duplicate, whatever it holds', async () => {
    const message = transfer()
    await sendEvents(stage, MALLORY, [message])
    const again = await sendEvents(stage, MALLORY, [{ ...message, properties: { ...message.properties, amount: 999 } }])
    expect(again).toMatchObject({ status: 202, body: { results: [{ status: 'duplicate' }] } })
    await waitUntil('the event is delivered', async () => (await askStatus(stage, MALLORY, message.messageId))?.state === 'delivered')
    const [event, ...others] = (await stage.hubspot.events(MALLORY.email)).filter(({ tokens }) => tokens.transactionId === message.messageId)
    expect(event?.tokens.amount).toBe('1')
    expect(others).toEqual([])
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
    ['with the algorithm "none"', (token) => [`Bearer ${encode({ alg: 'none', typ: 'JWT' })}.${token.split('.')[1]}.`], 'SESSION_INVALID'],
    ['twice, with two people', (token) => [`Bearer ${token}`, withPayload(token, { sub: ADA.id })], 'SESSION_INVALID'],
    ['a server key that is nobody\'s', () => [`Bearer tl_${'A'.repeat(49)}`], 'SERVER_KEY_INVALID'],
  ])('%s is 401', async (_situation, headersFrom, code) => {
    const message = transfer()
    const answer = await postRaw(message, headersFrom(await mintToken(stage.env, MALLORY)))
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
    const { status, body } = await post(`${stage.proxyUrl}/v1/track`, message, { ...(await asMallory()), origin: 'https://evil.example' })
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'ORIGIN_NOT_ALLOWED' })
    await expectNothingStored(message.messageId)
  })

  it('with an email that its issuer calls unverified writes nobody\'s timeline', async () => {
    const before = (await stage.hubspot.events(ADA.email)).length
    const [message, marker] = [transfer(), transfer()]
    const unverified = { authorization: `Bearer ${await mintToken(stage.env, { id: 'eve', email: ADA.email }, { emailVerified: false })}`, origin: ORIGIN }
    expect((await post(`${stage.proxyUrl}/v1/track`, message, unverified)).status).toBe(202)
    expect(await askStatus(stage, { id: 'eve', email: 'eve@example.com' }, message.messageId)).toMatchObject({ state: 'needs_identity' })
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
  return { event: 'transaction_initiated', messageId, properties: { transactionId: messageId, amount: 1, currency: 'EUR', recipient: 'Mallory' } }
}

async function asMallory(): Promise<Record<string, string>> {
  return { origin: ORIGIN, authorization: `Bearer ${await mintToken(stage.env, MALLORY)}` }
}

async function expectOnMallorysTimeline(messageId: string): Promise<void> {
  await waitUntil(`${messageId} is delivered`, async () => (await askStatus(stage, MALLORY, messageId))?.state === 'delivered')
  const events = (await stage.hubspot.events()).filter(({ tokens }) => tokens.transactionId === messageId)
  expect(events.map(({ email, portalId }) => ({ email, portalId }))).toEqual([{ email: MALLORY.email, portalId: OWN_PORTAL }])
}

/** Whoever asks: a server key sees every event of its site. */
async function expectNothingStored(messageId: string): Promise<void> {
  const response = await fetch(`${stage.proxyUrl}/v1/events/${messageId}?site=main`, { headers: { authorization: `Bearer ${serverKey}` } })
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

/** `fetch` would join two headers into one. */
function postRaw(message: object, authorization: string[]): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = ['content-type', 'application/json', 'host', new URL(stage.proxyUrl).host, ...authorization.flatMap((value) => ['authorization', value])]
    const sent = request(`${stage.proxyUrl}/v1/track?site=main`, { method: 'POST', headers })
    sent.once('error', reject).once('response', (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk)).once('end', () => resolve({ status: response.statusCode, text }))
    })
    sent.end(JSON.stringify(message))
  })
}
