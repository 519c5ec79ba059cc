import { boolean, date, defineEvents, elapsed, number, oneOf, previous, text } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { withoutLinks } from '../../src/hubspot/without-links.ts'
import { markupAsHtml } from '../../src/preview/markup-as-html.ts'
import { previewAsText } from '../../src/preview/preview-as-text.ts'
import { previewEvent } from '../../src/preview/preview-event.ts'
import type { PreviewOptions } from '../../src/preview/preview-event.ts'
import { previewPage } from '../../src/preview/preview-page.ts'

const AT = Date.UTC(2026, 10, 22, 10, 21)
const events = defineEvents({
  login: {
    label: 'Logged in',
    header: '**{{method}}** by [{{user}}](https://crm.example/{{user}})',
    detail: '{{#if lastLogin}}Before: {{#formatDate lastLogin}}{{/formatDate}}{{else}}The first{{/if}}\n\n{{#each extraData.notes}}\n- {{this}}\n{{/each}}',
    properties: {
      method: oneOf(['sso', 'password']),
      user: text(),
      tries: number({ optional: true }),
      trusted: boolean({ optional: true }),
      lastLogin: date({ derive: previous('login'), contactProperty: 'last_login' }),
      tookMs: number({ derive: elapsed('login') }),
    },
  },
  plain: {},
})

function show(given: Record<string, string> = {}, rest: Partial<PreviewOptions> = {}) {
  const preview = previewEvent(events, 'login', { given, timestamp: AT, asSent: (text) => text, ...rest })
  return { preview, header: markupAsHtml(preview.header), detail: markupAsHtml(preview.detail), text: previewAsText(preview), page: previewPage([preview]) }
}

describe('previewEvent', () => {
  it('fills header and detail with the given values', () => {
    const { header, detail } = show({ method: 'password', user: 'ada', lastLogin: '2026-11-21T08:00:00Z' }, { extraData: { notes: ['one', 'two'] } })
    expect(header).toBe('<strong>password</strong> by <a href="https://crm.example/ada" rel="noreferrer nofollow">ada</a>')
    expect(detail).toBe('<p>Before: 21 Nov 2026, 08:00 UTC</p><ul><li>one</li><li>two</li></ul>')
  })

  it('makes up what is not given, and says which', () => {
    const { preview } = show({ user: 'ada' })
    expect(preview.values.map(({ name, isMadeUp }) => [name, isMadeUp])).toEqual([['method', true], ['user', false], ['tries', true], ['trusted', true], ['lastLogin', true], ['tookMs', true]])
    expect(preview.values.map(({ value }) => value)).toEqual(['sso', 'ada', '3', 'true', String(AT - 86_400_000), '95000'])
  })

  it("a visitor's text is what is sent of it", () => {
    const { header } = show({ user: '[x](https://evil.example)' }, { asSent: withoutLinks })
    expect(header).not.toContain('href="https://evil.example"')
  })

  it('an empty value shows what HubSpot shows without one', () => {
    expect(show({ lastLogin: '' }).detail).toBe('<p>The first</p>')
  })

  it('an event without templates shows its label, or its name', () => {
    const plain = previewEvent(events, 'plain', { given: {}, timestamp: AT, asSent: (text) => text })
    expect([markupAsHtml(plain.header), plain.detail]).toEqual(['plain', []])
  })

  it.each([
    [{ method: 'sos' }, "--prop: 'method' of 'login' must be one of 'sso', 'password': got 'sos' (did you mean 'sso'?)"],
    [{ metod: 'sso' }, "--prop: 'login' has no property 'metod' (did you mean 'method'?)"],
    [{ tries: 'many' }, "--prop: 'tries' of 'login' must be a finite number: got 'many'"],
    [{ trusted: 'maybe' }, "--prop: 'trusted' of 'login' must be true or false: got 'maybe'"],
    [{ lastLogin: 'yesterday' }, "--prop: 'lastLogin' of 'login' must be a date"],
  ])('a value that the definition does not take is refused: %j', (given, says) => {
    expect(() => show(given)).toThrow(says)
  })
})

describe('what a visitor typed acts nowhere', () => {
  it('HTML stays text, in the page and in the pieces', () => {
    const { header, page } = show({ user: '<script>alert(1)</script><img src=x onerror=alert(1)>' })
    expect(header + page).not.toMatch(/<script|<img/)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'JAVASCRIPT:alert(1)', 'vbscript:x'])('a link to %s is none', (address) => {
    expect(show({ user: `[x](${address})` }).page).not.toMatch(/href="(?:javascript|data|vbscript)/i)
  })

  it('an attribute cannot be left', () => {
    expect(show({ user: '[x](https://a.example/"onmouseover="alert(1))' }).page).not.toMatch(/"onmouseover=/)
  })

  it('commands to the terminal are taken out', () => {
     
    expect(show({ user: '\u001b[2J\u009b31m' }).text).not.toMatch(/[\u001b\u009b]/)
  })

  it('the page lets no script run and asks nobody for anything', () => {
    expect(show().page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
  })
})

it('in a terminal without colours the preview is plain text', () => {
  expect(show({ method: 'sso', user: 'ada', tries: '', trusted: 'true', lastLogin: '2026-11-21T08:00:00Z', tookMs: '5' }).text).toBe(`login
│ sso by ada (https://crm.example/ada)  22 Nov 2026, 10:21 UTC
│
│ Before: 21 Nov 2026, 08:00 UTC
│
│ method     sso
│ user       ada
│ tries      (no value)
│ trusted    true
│ lastLogin  21 Nov 2026, 08:00 UTC  → contact property last_login
│ tookMs     5`)
})
