import { describe, expect, it } from 'vitest'
import { demoToken, EVENTS, install, openEmulator } from '../open-account.ts'
import type { Session } from '../open-account.ts'
import { APP_EVENTS, CUSTOM_EVENTS, DEFINITIONS, KEY, UPSERT, V1_EVENTS } from '../kinds-of-events.ts'

const SEND = 'analytics.behavioral_events.send'
const DEFINE = 'behavioral_events.event_definitions.read_write'
const WRITE = 'crm.objects.contacts.write'
const READ = 'crm.objects.contacts.read'
const PROPERTIES = '/crm/v3/properties/contacts'

// What each call takes, and a scope that is near and does not do.
const DOORS: readonly [string, string, { enough: string; near: string; isOAuthOnly: boolean }][] = [
  ['POST', EVENTS, { enough: 'timeline', near: READ, isOAuthOnly: true }],
  ['POST', `${EVENTS}/batch/create`, { enough: 'timeline', near: READ, isOAuthOnly: true }],
  ['GET', `${EVENTS}/1001/e-1`, { enough: 'timeline', near: SEND, isOAuthOnly: true }],
  ['POST', V1_EVENTS, { enough: 'timeline', near: WRITE, isOAuthOnly: true }],
  ['POST', `${V1_EVENTS}/batch`, { enough: 'timeline', near: WRITE, isOAuthOnly: true }],
  ['GET', `${V1_EVENTS}/2001/e-1`, { enough: 'timeline', near: READ, isOAuthOnly: true }],
  ['POST', APP_EVENTS, { enough: 'timeline', near: READ, isOAuthOnly: true }],
  ['POST', `${APP_EVENTS}/batch`, { enough: 'timeline.write', near: READ, isOAuthOnly: true }],
  ['POST', '/integrators/timeline/v4/types/projects', { enough: 'developers-read', near: 'timeline', isOAuthOnly: true }],
  ['POST', CUSTOM_EVENTS, { enough: SEND, near: DEFINE, isOAuthOnly: false }],
  ['POST', `${CUSTOM_EVENTS}/batch`, { enough: SEND, near: 'timeline', isOAuthOnly: false }],
  ['POST', '/events/v3/send', { enough: SEND, near: DEFINE, isOAuthOnly: false }],
  ['GET', DEFINITIONS, { enough: DEFINE, near: SEND, isOAuthOnly: false }],
  ['POST', DEFINITIONS, { enough: DEFINE, near: SEND, isOAuthOnly: false }],
  ['PATCH', `${DEFINITIONS}/login`, { enough: DEFINE, near: SEND, isOAuthOnly: false }],
  ['DELETE', `${DEFINITIONS}/login`, { enough: DEFINE, near: SEND, isOAuthOnly: false }],
  ['POST', `${DEFINITIONS}/login/property`, { enough: DEFINE, near: SEND, isOAuthOnly: false }],
  ['GET', '/events/v3/events', { enough: 'business-intelligence', near: SEND, isOAuthOnly: false }],
  ['POST', UPSERT, { enough: WRITE, near: READ, isOAuthOnly: false }],
  ['PATCH', '/crm/v3/objects/contacts/501', { enough: WRITE, near: READ, isOAuthOnly: false }],
  ['GET', PROPERTIES, { enough: 'crm.schemas.contacts.read', near: READ, isOAuthOnly: false }],
  ['POST', PROPERTIES, { enough: 'crm.schemas.contacts.write', near: WRITE, isOAuthOnly: false }],
]

describe('the door of', () => {
  it.each(DOORS)('%s %s opens for its scope only', async (method, path, { enough, near, isOAuthOnly }) => {
    const session = await openEmulator({ autoConsent: true })
    const [allowed, refused] = [await install(session, `oauth ${enough}`), await install(session, `oauth ${near}`)]
    const call = (token?: string) => callWith(session, { method, path, token })
    expect(await call()).toMatchObject({ status: 401, json: { category: 'INVALID_AUTHENTICATION' } })
    expect(await call(refused.accessToken)).toMatchObject({ status: 403, json: { category: 'MISSING_SCOPES' } })
    expect([401, 403]).not.toContain((await call(allowed.accessToken)).status)
    const privateApp = await demoToken(session, 62515, 'private-app')
    if (isOAuthOnly) expect(await call(privateApp)).toMatchObject({ status: 401, json: { category: 'INVALID_AUTHENTICATION' } })
    else expect([401, 403]).not.toContain((await call(privateApp)).status)
  })

  it.each([V1_EVENTS, EVENTS, APP_EVENTS, CUSTOM_EVENTS, UPSERT])('%s does not open for the developer key', async (path) => {
    const session = await openEmulator()
    expect(await callWith(session, { method: 'POST', path: `${path}?${KEY}`, token: undefined })).toMatchObject({
      status: 401,
      json: { category: 'INVALID_AUTHENTICATION', message: expect.stringContaining('supports OAuth 2.0') },
    })
  })

  it("v1 events of another app is closed to this app's token", async () => {
    const session = await openEmulator()
    const token = await demoToken(session)
    expect((await session.post('/integrations/v1/7/timeline/event', {}, token)).status).toBe(404)
  })
})

describe('a private app', () => {
  it('keeps its token for ever, past an uninstall of the OAuth app', async () => {
    const session = await openEmulator({ autoConsent: true })
    const { accessToken } = await install(session, 'oauth')
    const privateApp = await demoToken(session, 62515, 'private-app')
    await session.remove('/appinstalls/v3/external-install', accessToken)
    session.pass(10 * 365 * 24 * 60 * 60)
    expect((await session.get(PROPERTIES, privateApp)).status).toBe(200)
  })

  it('is the only other kind of token there is', async () => {
    const { get } = await openEmulator()
    expect(await get('/_emulator/token?portal=1&kind=service')).toMatchObject({
      status: 400,
      json: { message: '"kind" must be oauth or private-app, not "service"' },
    })
  })
})

type Call = { method: string; path: string; token: string | undefined }

function callWith({ send }: Session, { method, path, token }: Call) {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  if (method === 'GET' || method === 'DELETE') return send(path, { method, headers })
  return send(path, { method, headers: { ...headers, 'content-type': 'application/json' }, body: '{}' })
}
