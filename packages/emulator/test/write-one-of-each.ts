import type { openAccount } from './open-account.ts'
import { EVENTS, loginTemplate } from './open-account.ts'
import {
  APP_EVENTS,
  APP_LOGIN,
  APP_TYPES,
  CUSTOM_EVENTS,
  CUSTOM_LOGIN,
  DEFINITIONS,
  V1_EVENTS,
  v1LoginType,
} from './kinds-of-events.ts'

type Writer = Awaited<ReturnType<typeof openAccount>>

const PERSON = { email: 'ada@example.com' }

/** One event of each API, as its path and body. The id is the API's name, and the times are an hour apart, in this order. */
export const ONE_OF_EACH = [
  {
    api: 'timeline-v1',
    path: V1_EVENTS,
    body: { ...PERSON, id: 'timeline-v1', eventTypeId: 2001, method: 'sso', timestamp: Date.parse('2026-11-20T08:00:00Z') },
  },
  {
    api: 'timeline-v3',
    path: EVENTS,
    body: {
      ...PERSON,
      id: 'timeline-v3',
      eventTemplateId: '1001',
      tokens: { method: 'sso' },
      timestamp: '2026-11-20T09:00:00Z',
    },
  },
  {
    api: 'app-events',
    path: APP_EVENTS,
    body: {
      ...PERSON,
      id: 'app-events',
      eventTypeName: 'login',
      properties: { method: 'sso' },
      extraData: { city: 'Paris' },
      timestamp: '2026-11-20T10:00:00Z',
    },
  },
  {
    api: 'custom-events',
    path: CUSTOM_EVENTS,
    body: {
      ...PERSON,
      uuid: 'custom-events',
      eventName: 'pe62515_login',
      properties: { method: 'sso', since: '2026-11-20T08:00:00Z', device: '<b>Difference Engine</b>' },
      occurredAt: '2026-11-20T11:00:00Z',
    },
  },
] as const

/** Defines a login in every API. */
export async function defineLogins(session: Writer): Promise<void> {
  await v1LoginType(session)
  await loginTemplate(session)
  await session.post(APP_TYPES, APP_LOGIN)
  await session.post(DEFINITIONS, CUSTOM_LOGIN, session.token)
}

/** Defines a login in every API and writes one event of each; answers the statuses. */
export async function writeOneOfEach(session: Writer): Promise<number[]> {
  await defineLogins(session)
  const statuses: number[] = []
  for (const { path, body } of ONE_OF_EACH) statuses.push((await session.post(path, body, session.token)).status)
  return statuses
}
