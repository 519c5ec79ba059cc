import { describe, expect, it } from 'vitest'
import { renderDetail, renderHeader } from '../../src/rendering/render-event.ts'
import type { Template } from '../../src/timeline/template-store.ts'

const AT = new Date('2026-11-22T10:05:00.000Z')
const HOSTILE = '"><img src=x onerror=alert(1)>{{constructor}}'

describe('the header', () => {
  it('fills in tokens and reads Markdown', () => {
    expect(header('**{{who}}** [here](https://x.example/{{id}})', { who: 'Ada', id: '7' })).toMatchObject({
      html: '<strong>Ada</strong> <a href="https://x.example/7" target="_blank" rel="noopener noreferrer nofollow">here</a>',
      text: 'Ada here',
    })
  })

  it('stays one line whatever a value brings', () => {
    expect(header('by {{who}}', { who: 'Ada\n# Queen\r\n- of' }).html).toBe('by Ada # Queen - of')
  })

  it('knows no extraData', () => {
    const template = templateWith({ headerTemplate: '[{{extraData.city}}]' })
    expect(renderHeader(template, { timestamp: AT, tokens: {}, extraData: { city: 'Paris' } }).text).toBe('[]')
  })

  it("is the template's name when there is none, taken as it is", () => {
    const template = templateWith({ name: 'Sale {{50%}} *off*', headerTemplate: undefined })
    expect(renderHeader(template, { timestamp: AT, tokens: {}, extraData: undefined })).toMatchObject({
      text: 'Sale {{50%}} *off*',
    })
  })

  it('shows an empty value as nothing', () => {
    expect(header('with {{who}}.', { who: '' }).text).toBe('with .')
  })
})

describe('the detail', () => {
  it('fills in tokens, extraData and the timestamp', () => {
    const template = templateWith({
      detailTemplate:
        '{{#each extraData.lines}}\n- {{name}} × {{qty}}\n{{/each}}\n\n{{#formatDate timestamp}}{{/formatDate}} by {{who}}',
    })
    const { html, text } = renderDetail(template, {
      timestamp: AT,
      tokens: { who: 'Ada' },
      extraData: { lines: [{ name: 'Gear', qty: 2 }] },
    })
    expect(html).toBe('<ul><li>Gear × 2</li></ul><p>22 Nov 2026, 10:05 UTC by Ada</p>')
    expect(text).toBe('• Gear × 2\n22 Nov 2026, 10:05 UTC by Ada')
  })

  it('is empty without a template', () => {
    expect(renderDetail(templateWith({}), { timestamp: AT, tokens: {}, extraData: { a: 1 } })).toMatchObject({
      html: '',
      text: '',
    })
  })
})

describe('values', () => {
  it('are escaped in text, in links and in code, and never expanded again', () => {
    const { html } = header('{{v}} [{{v}}](https://x.example/{{v}}) `{{v}}`', { v: HOSTILE })
    expect(html).not.toMatch(/<img|"onerror/)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;{{constructor}}')
  })

  it("may not turn a template's link into a script", () => {
    expect(header('[open]({{url}})', { url: 'javascript:alert(document.cookie)' }).html).not.toContain('<a')
  })

  it("may not end a link's attribute", () => {
    const { html } = header('[open](https://x.example/{{v}})', { v: '"onclick="alert' })
    expect(html).toBe(
      '<a href="https://x.example/%22onclick=%22alert" target="_blank" rel="noopener noreferrer nofollow">open</a>',
    )
  })

  it('take effect as Markdown, as in HubSpot: a sender must escape them', () => {
    expect(header('{{v}}', { v: '**loud** [x](https://evil.example)' }).html).toMatch(
      /^<strong>loud<\/strong> <a href="https:\/\/evil\.example\/"/,
    )
    expect(header('{{v}}', { v: '\\*\\*loud\\*\\* \\[x\\]' }).html).toBe('**loud** [x]')
  })
})

function header(headerTemplate: string, tokens: Record<string, string>) {
  return renderHeader(templateWith({ headerTemplate }), { timestamp: AT, tokens, extraData: undefined })
}

function templateWith(changes: Partial<Template>): Template {
  return {
    id: '1001',
    name: 'login',
    objectType: 'contacts',
    headerTemplate: '',
    detailTemplate: undefined,
    tokens: [],
    createdAt: AT,
    updatedAt: AT,
    ...changes,
  }
}
