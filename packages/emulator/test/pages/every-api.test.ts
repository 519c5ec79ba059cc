import { describe, expect, it } from 'vitest'
import { openAccount } from '../open-account.ts'
import { UPSERT } from '../kinds-of-events.ts'
import { defineLogins, ONE_OF_EACH, writeOneOfEach } from '../write-one-of-each.ts'
import { openStream } from './read-stream.ts'

const PAGE = '/contacts/ada@example.com'

describe("a contact's page", () => {
  it('shows the events of every API as cards of one timeline', async () => {
    const session = await openAccount()
    await writeOneOfEach(session)
    const { text } = await session.get(PAGE)
    expect([...text.matchAll(/data-event-api="([\w-]+)"/g)].map(([, api]) => api)).toEqual([
      'custom-events',
      'app-events',
      'timeline-v3',
      'timeline-v1',
    ])
    expect([...text.matchAll(/class="event-header">([^<]*)</g)].map(([, header]) => header)).toEqual([
      'Logged in',
      'Logged in with sso',
      'Logged in with sso',
      'Logged in with sso',
    ])
    expect([...text.matchAll(/class="event-app">([^<]*)</g)].map(([, source]) => source)).toEqual([
      'Custom event',
      'Trackline',
      'Trackline',
      'Trackline',
    ])
    expect(text).toContain('<p>From <strong>Paris</strong></p>')
  })

  it("shows a custom event's properties as a list of labels and values, escaped", async () => {
    const session = await openAccount()
    await writeOneOfEach(session)
    const { text } = await session.get(PAGE)
    expect(text).toContain('<div data-token="method"><dt>Method</dt><dd>Single sign-on</dd></div>')
    expect(text).toMatch(/data-token="since"><dt>Since<\/dt><dd><time class="token-time" datetime="2026-11-20T08:00:00.000Z"/)
    expect(text).toContain('<dd>&lt;b&gt;Difference Engine&lt;/b&gt;</dd>')
    expect(text).not.toContain('data-token="tries"')
  })
})

describe("a contact's stream", () => {
  it('sends a card for an event of every API, under a key of its own', async () => {
    const session = await openAccount()
    await defineLogins(session)
    const stream = await openStream(`${session.emulator.url}${PAGE}/stream?after=0`)
    const keys: (string | undefined)[] = []
    for (const { path, body } of ONE_OF_EACH) {
      await session.post(path, body, session.token)
      const sent = await stream.next()
      keys.push(sent?.message['key'])
      expect(sent?.message['card']).toContain(`data-key="${sent?.message['key']}"`)
    }
    expect(keys).toEqual([
      'timeline-v1/2001/timeline-v1',
      '1001/timeline-v3',
      'app-events/login/app-events',
      'custom-events/pe62515_login/custom-events',
    ])
  })

  it('sends the panel when properties are written without an event, and only to that contact', async () => {
    const session = await openAccount()
    const upsert = (email: string, properties: object) =>
      session.post(UPSERT, { inputs: [{ id: email, idProperty: 'email', properties }] }, session.token)
    const stream = await openStream(`${session.emulator.url}${PAGE}/stream?after=0`)
    await upsert('grace@example.com', { firstname: 'Grace' })
    await upsert('ada@example.com', { firstname: 'Ada', company: 'Analytical <Engines>' })
    expect(await stream.next()).toMatchObject({
      event: 'panel',
      message: { panel: expect.stringMatching(/<h1>Ada<\/h1>[\s\S]*data-property="company"[\s\S]*Analytical &lt;Engines&gt;/) },
    })
  })
})
