import { describe, expect, it } from 'vitest'
import { openAccount } from '../open-account.ts'
import { APP_EVENTS, DEFINITIONS, KEY, UPSERT, V1_EVENTS, V1_TYPES } from '../kinds-of-events.ts'
import { defineLogins, ONE_OF_EACH } from '../write-one-of-each.ts'

const BATCHES = [
  `${V1_EVENTS}/batch`,
  `${APP_EVENTS}/batch`,
  '/events/2026-03/send/batch',
  '/events/v3/send',
  '/events/v3/send/batch',
]

describe('a fault without a path', () => {
  it.each(ONE_OF_EACH)('applies to an event of $api, which is stored once it has passed', async ({ path, body }) => {
    const session = await openAccount()
    await defineLogins(session)
    await session.post('/_emulator/faults', { next: 1, status: 503 })
    expect((await session.post(path, body, session.token)).status).toBe(503)
    expect((await session.get('/_emulator/events')).json).toEqual([])
    expect((await session.post(path, body, session.token)).status).toBeLessThan(300)
    expect((await session.get('/_emulator/events')).json).toHaveLength(1)
  })

  it.each(BATCHES)('applies to %s', async (path) => {
    const session = await openAccount()
    await session.post('/_emulator/faults', { next: 1, status: 503 })
    expect((await session.post(path, {}, session.token)).status).toBe(503)
  })

  it('spares calls that define events or write contacts', async () => {
    const session = await openAccount()
    await session.post('/_emulator/faults', { next: 1, status: 503 })
    expect((await session.post(`${V1_TYPES}?${KEY}`, {})).status).toBe(400)
    expect((await session.post('/integrators/timeline/2026-03/types/projects', {}, session.token)).status).toBe(400)
    expect((await session.post(DEFINITIONS, {}, session.token)).status).toBe(400)
    expect((await session.post(UPSERT, { inputs: [] }, session.token)).status).toBe(200)
    expect((await session.get('/_emulator/faults')).json).toHaveLength(1)
  })
})

describe('a connection that is cut after the event was taken', () => {
  it.each([
    ['timeline-v1', 'refuses', 400],
    ['timeline-v3', 'takes again', 201],
    ['app-events', 'refuses', 409],
    ['custom-events', 'takes silently', 204],
  ] as const)('leaves one event that %s %s when it is sent again', async (wanted, _does, expected) => {
    const session = await openAccount()
    await defineLogins(session)
    const { path, body } = ONE_OF_EACH.find(({ api }) => api === wanted) ?? ONE_OF_EACH[0]
    await session.post('/_emulator/faults', { next: 1, resetAfterAccept: true })
    await expect(session.post(path, body, session.token)).rejects.toThrow()
    expect((await session.post(path, body, session.token)).status).toBe(expected)
    expect((await session.get('/_emulator/events')).json).toMatchObject([{ api: wanted, id: wanted }])
  })
})
