import { afterAll, describe, expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'

const stack = await startStack()
afterAll(stack.close)

/** What a browser client of the Segment kind sends with every event. */
const SEGMENT = {
  type: 'track',
  anonymousId: 'f2b1c6b0-0000-4000-8000-000000000000',
  userId: 'mallory',
  writeKey: 'w',
  channel: 'client',
  context: {
    ip: '203.0.113.7',
    userAgent: 'x',
    page: { url: 'https://app.example.com/' },
    traits: { email: 'mallory@example.com' },
    library: { name: 'analytics.js', version: '2' },
  },
  integrations: { All: true, HubSpot: { email: 'mallory@example.com' } },
  traits: { email: 'mallory@example.com' },
  originalTimestamp: '2026-11-22T09:00:00.000Z',
  _metadata: { bundled: [] },
  version: 2,
}

describe('a message as a Segment client sends it', () => {
  it("is taken, and is its session's person's, whatever it says of itself", async () => {
    const reply = await stack.post('/v1/batch', {
      batch: [{ ...SEGMENT, event: 'login', properties: { method: 'sso' }, messageId: 'ajs-next-1' }],
      sentAt: new Date().toISOString(),
      writeKey: 'w',
      context: {},
    })
    expect(reply.json.results).toEqual([{ messageId: 'ajs-next-1', status: 'queued' }])
    const [event] = await stack.delivered('ada@example.com', 1)
    expect(JSON.stringify(event)).not.toContain('mallory')
    expect(await stack.timelineOf('mallory@example.com')).toEqual([])
    expect(await stack.emulated<unknown[]>('/_emulator/contacts')).toHaveLength(1)
  })

  it('alone is taken on /v1/t, which such a client calls', async () => {
    const reply = await stack.post('/v1/t', {
      ...SEGMENT,
      event: 'login',
      properties: { method: 'sso' },
      timestamp: new Date().toISOString(),
      sentAt: new Date().toISOString(),
    })
    expect(reply.json.results).toMatchObject([{ status: 'queued' }])
  })

  it.each(['identify', 'page', 'screen', 'group', 'alias'])(
    'of type %s is refused by itself and holds up no other',
    async (type) => {
      const reply = await stack.track([
        { ...SEGMENT, type },
        { ...SEGMENT, event: 'login', properties: { method: 'sso' } },
      ])
      expect(reply.json.results?.map(({ status, error }) => [status, error?.code])).toEqual([
        ['rejected', 'MESSAGE_INVALID'],
        ['queued', undefined],
      ])
    },
  )
})
