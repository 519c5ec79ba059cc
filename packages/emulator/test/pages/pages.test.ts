import { describe, expect, it } from 'vitest'
import { EVENTS, install, loginTemplate, openAccount, openEmulator } from '../open-account.ts'

describe("a contact's page", () => {
  it('shows who it is, what events stamped, and the timeline newest first under its months', async () => {
    const session = await openAccount()
    const stamp = { name: 'at', label: 'At', type: 'date', objectPropertyName: 'closedate' }
    await loginTemplate(session, {
      headerTemplate: 'Closed **now**',
      detailTemplate: 'On {{#formatDate at}}{{/formatDate}}',
      tokens: [stamp],
    })
    for (const [id, timestamp] of [
      ['a', '2026-10-05T00:00:00Z'],
      ['b', '2026-11-05T00:00:00Z'],
      ['c', '2026-11-06T00:00:00Z'],
    ]) {
      await session.post(
        EVENTS,
        { id, eventTemplateId: '1001', email: 'ada.lovelace@example.com', timestamp, tokens: { at: timestamp } },
        session.token,
      )
    }
    const { status, text } = await session.get('/contacts/ada.lovelace@example.com')
    expect(status).toBe(200)
    expect(text).toMatch(/class="avatar"[^>]*>AL</)
    expect(text).toMatch(
      /is-stamped" data-property="closedate"[\s\S]*?<time class="property-time" datetime="2026-11-06T00:00:00.000Z"/,
    )
    expect([...text.matchAll(/data-event-id="(\w)"|<h3>(\w+ 2026)/g)].map(([, id, month]) => id ?? month)).toEqual([
      'November 2026',
      'c',
      'b',
      'October 2026',
      'a',
    ])
    expect(text).toContain('<div class="event-header">Closed <strong>now</strong></div>')
    expect(text).toContain('<div class="event-detail"><p>On 6 Nov 2026, 00:00 UTC</p></div>')
  })

  it('shows the newest 500 events and says how many older ones there are', async () => {
    const session = await openAccount()
    await loginTemplate(session)
    for (let batch = 0; batch < 6; batch += 1) {
      const inputs = Array.from({ length: 100 }, (_, at) => ({
        id: `e-${batch * 100 + at}`,
        eventTemplateId: '1001',
        email: 'ada@example.com',
        timestamp: batch * 100 + at,
        tokens: { method: 'sso' },
      }))
      await session.post(`${EVENTS}/batch/create`, { inputs }, session.token)
    }
    const { text } = await session.get('/contacts/ada@example.com')
    expect(text.match(/data-event-id=/g)).toHaveLength(500)
    expect(text).toContain('100 older events are not shown')
    expect(text).toContain('data-event-id="e-599"')
  })

  it('of somebody unknown says what will appear, and follows the stream', async () => {
    const { get } = await openEmulator()
    const { status, text } = await get('/contacts/eve@example.com')
    expect(status).toBe(200)
    expect(text).toContain('No activity yet')
    expect(text).toContain('Not a contact yet')
    expect(text).toContain('data-stream="/contacts/eve%40example.com/stream?after=0"')
  })

  it('escapes the address it was called with', async () => {
    const { get } = await openEmulator()
    const { text } = await get(`/contacts/${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(text).not.toContain('<script>alert')
    expect(text).toContain('&lt;script&gt;alert(1)')
  })
})

describe('the front page', () => {
  it('lists contacts with their events, and connected accounts with their scopes', async () => {
    const session = await openEmulator({ autoConsent: true })
    await loginTemplate(session)
    const { accessToken } = await install(session, 'oauth timeline', 777)
    await session.post(EVENTS, { eventTemplateId: '1001', email: 'ada@example.com', tokens: { method: 'sso' } }, accessToken)
    const { text } = await session.get('/')
    expect(text).toContain('<a href="/contacts/ada%40example.com?portal=777">ada@example.com</a>')
    expect(text).toContain('oauth timeline')
    await session.remove('/appinstalls/v3/external-install', accessToken)
    expect((await session.get('/')).text).toContain('No account has connected Trackline yet')
  })
})

describe('every page', () => {
  it("runs and loads nothing but the emulator's own script and stylesheet", async () => {
    const { get } = await openEmulator()
    for (const path of ['/', '/contacts/ada@example.com', '/oauth/authorize']) {
      const { headers, text } = await get(path)
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'self'; script-src 'self';/)
      expect(text).not.toMatch(
        /<script(?![^>]*\ssrc="\/_emulator\/assets\/)|\sstyle=|<style|\son\w+=|(?:src|href)="(?:https?:)?\/\//,
      )
    }
  })

  it('gets its assets with their types', async () => {
    const { get } = await openEmulator()
    const types = ['base.css', 'contact.js', 'icon.svg'].map(async (name) =>
      (await get(`/_emulator/assets/${name}`)).headers.get('content-type'),
    )
    expect(await Promise.all(types)).toEqual(['text/css; charset=utf-8', 'text/javascript; charset=utf-8', 'image/svg+xml'])
  })
})
