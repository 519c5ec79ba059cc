import { describe, expect, it } from 'vitest'
import { demoToken, EVENTS, loginTemplate, openAccount } from '../open-account.ts'
import { openStream } from './read-stream.ts'

const PAGE = '/contacts/ada@example.com'

describe("a contact's stream", () => {
  it('sends a card and the panel for the first event of an unknown contact', async () => {
    const { follow, write } = await withPage()
    const stream = await follow('?after=0')
    expect(stream.response.headers.get('content-type')).toMatch(/^text\/event-stream/)
    await write({ id: 'a' })
    expect(await stream.next()).toMatchObject({
      event: 'card',
      id: '1',
      message: {
        key: '1001/a',
        card: expect.stringMatching(
          /data-event-id="a"[\s\S]*data-event-template="login"[\s\S]*class="event-header">Logged in with sso</,
        ),
        panel: expect.stringContaining('About this contact'),
      },
    })
  })

  it("sends to every page that is open, and only to that contact's", async () => {
    const { follow, write } = await withPage()
    const pages = [await follow('?after=0'), await follow('?after=0'), await follow('?after=0', '/contacts/grace@example.com')]
    await write({ id: 'a' })
    await write({ id: 'b', email: 'grace@example.com' })
    const keys = await Promise.all(pages.map(async (page) => (await page.next())?.message['key']))
    expect(keys).toEqual(['1001/a', '1001/a', '1001/b'])
  })

  it('begins with what the page has missed, and no more', async () => {
    const { follow, write } = await withPage()
    for (const id of ['a', 'b', 'c']) await write({ id })
    const stream = await follow('?after=1')
    expect([(await stream.next())?.message['key'], (await stream.next())?.message['key']]).toEqual(['1001/b', '1001/c'])
    await write({ id: 'd' })
    expect((await stream.next())?.message['key']).toBe('1001/d')
  })

  it('goes on after the last event a reconnecting browser names', async () => {
    const { follow, write } = await withPage()
    for (const id of ['a', 'b', 'c']) await write({ id })
    const stream = await follow('?after=0', PAGE, { 'last-event-id': '2' })
    expect((await stream.next())?.message['key']).toBe('1001/c')
  })

  it('sends everything to a browser that comes from before a restart', async () => {
    const { follow, write } = await withPage()
    await write({ id: 'a' })
    const stream = await follow('?after=0', PAGE, { 'last-event-id': '999' })
    expect((await stream.next())?.message['key']).toBe('1001/a')
  })

  it('sends a card again under its key when the event is written again', async () => {
    const { follow, write } = await withPage()
    const stream = await follow('?after=0')
    await write({ id: 'a' })
    await write({ id: 'a', tokens: { method: 'password' } })
    await stream.next()
    expect(await stream.next()).toMatchObject({
      event: 'card',
      message: { key: '1001/a', card: expect.stringContaining('with password') },
    })
  })

  it('says when an event has gone to another contact', async () => {
    const { follow, write } = await withPage()
    const stream = await follow('?after=0')
    await write({ id: 'a' })
    await write({ id: 'a', email: 'grace@example.com' })
    await stream.next()
    expect(await stream.next()).toMatchObject({ event: 'gone', message: { key: '1001/a' } })
  })

  it('keeps to one account when the page names it', async () => {
    const { session, follow, write } = await withPage()
    const stream = await follow('?after=0&portal=777')
    await write({ id: 'a' })
    await session.post(EVENTS, event({ id: 'b' }), await demoToken(session, 777))
    expect((await stream.next())?.message['key']).toBe('1001/b')
  })

  it('shows stamped properties in the panel it sends', async () => {
    const { session, follow, write } = await withPage()
    const jobTitle = { name: 'method', label: 'Method', type: 'string', objectPropertyName: 'jobtitle' }
    await loginTemplate(session, { tokens: [jobTitle] })
    const stream = await follow('?after=0')
    await write({ id: 'a', eventTemplateId: '1002', tokens: { method: 'Countess <of> Lovelace' } })
    expect((await stream.next())?.message['panel']).toMatch(
      /is-stamped" data-property="jobtitle"[\s\S]*Countess &lt;of&gt; Lovelace/,
    )
  })

  it('escapes values in cards', async () => {
    const { session, follow, write } = await withPage()
    await loginTemplate(session, { tokens: [{ name: 'method', label: '<i>', type: 'string' }] })
    const stream = await follow('?after=0')
    await write({ id: '"><script>', eventTemplateId: '1002', tokens: { method: '<img src=x onerror=alert(1)>' } })
    const card = (await stream.next())?.message['card'] ?? ''
    expect(card).toContain('Logged in with &lt;img src=x onerror=alert(1)&gt;')
    expect(card).not.toMatch(/<img|<script|<i>/)
  })

  it('goes on for the others when a reader leaves', async () => {
    const { follow, write } = await withPage()
    const [leaving, staying] = [await follow('?after=0'), await follow('?after=0')]
    leaving.close()
    await write({ id: 'a' })
    await write({ id: 'b' })
    expect([(await staying.next())?.message['key'], (await staying.next())?.message['key']]).toEqual(['1001/a', '1001/b'])
  })

  it('ends when the emulator closes', async () => {
    const { session, follow } = await withPage()
    const stream = await follow('?after=0')
    await session.emulator.close()
    expect(await stream.next()).toBeUndefined()
  })
})

function event(changes: Record<string, unknown>) {
  return { eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' }, ...changes }
}

async function withPage() {
  const session = await openAccount()
  await loginTemplate(session)
  return {
    session,
    follow: (query: string, page = PAGE, headers = {}) => openStream(`${session.emulator.url}${page}/stream${query}`, headers),
    write: (changes: Record<string, unknown>) => session.post(EVENTS, event(changes), session.token),
  }
}
