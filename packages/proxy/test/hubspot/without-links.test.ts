import { describe, expect, it } from 'vitest'
import { extrasOf } from '../../src/hubspot/record-of.ts'
import { withoutLinks, withoutLinksIn } from '../../src/hubspot/without-links.ts'
import { markupAsHtml } from '../../src/preview/markup-as-html.ts'
import { readMarkdown } from '../../src/preview/read-markdown.ts'
import { aRow } from '../flows/a-row.ts'

const shown = (text: string) => markupAsHtml(readMarkdown(text))

describe('what a visitor typed', () => {
  it.each([
    '[Your invoice](https://evil.example/login)',
    '<https://evil.example/login>',
    '<evil@evil.example>',
    'x\n\n[1]: https://evil.example/login\n\n[Your invoice][1]',
    'x\n\n[Your invoice]: https://evil.example/login\n\n[Your invoice]',
  ])('becomes no link whose address is hidden: %j', (text) => {
    expect(shown(text)).toContain('href=')
    expect(shown(withoutLinks(text))).not.toContain('href=')
  })

  it.each(['<img src="https://evil.example">', '</p><script>alert(1)</script>', '<!-- -->'])('becomes no HTML: %j', (text) => {
    expect(withoutLinks(text)).toMatch(/^< /)
  })

  it.each(['a < b', '3<5 and x<3', 'see [1]', '[a] (b)', ''])('stays as it was where it is no link: %j', (text) => {
    expect(withoutLinks(text)).toBe(text)
  })
})

it('of extraData each text and each name is treated, and nothing else', () => {
  expect(withoutLinksIn({ '[a](b)': ['<https://x>', 1, null, true, { deep: '[c](d)' }] })).toEqual({ '[a] (b)': ['< https://x>', 1, null, true, { deep: '[c] (d)' }] })
})

it('no target sends extraData as it came', () => {
  expect(extrasOf(aRow({ extraData: { note: '[a](b)' } }))).toEqual({ extraData: { note: '[a] (b)' } })
})
