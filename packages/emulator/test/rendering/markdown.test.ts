import { describe, expect, it } from 'vitest'
import { blocksHtml } from '../../src/rendering/markdown-html.ts'
import { blocksText } from '../../src/rendering/markdown-text.ts'
import { parseMarkdown } from '../../src/rendering/parse-markdown.ts'

const LINK = 'target="_blank" rel="noopener noreferrer nofollow"'

describe('Markdown as HTML', () => {
  it.each([
    ['plain', '<p>plain</p>'],
    ['one\ntwo\n\nthree', '<p>one\ntwo</p><p>three</p>'],
    ['one  \ntwo', '<p>one  <br>two</p>'],
    ['one\\\ntwo', '<p>one<br>two</p>'],
    ['**bold** and __bold__', '<p><strong>bold</strong> and <strong>bold</strong></p>'],
    ['*it* and _it_', '<p><em>it</em> and <em>it</em></p>'],
    ['**bold *and it* too**', '<p><strong>bold <em>and it</em> too</strong></p>'],
    ['2 * 3 * 4 and a_b_c', '<p>2 * 3 * 4 and a_b_c</p>'],
    ['*never closed', '<p>*never closed</p>'],
    ['\\*not it\\*', '<p>*not it*</p>'],
    ['`a *b* <c>`', '<p><code>a *b* &lt;c&gt;</code></p>'],
    ['``a ` b``', '<p><code>a ` b</code></p>'],
    ['# One\n## Two\n### Three', '<h4>One</h4><h5>Two</h5><h6>Three</h6>'],
    ['#not a heading', '<p>#not a heading</p>'],
    ['- a\n- **b**\n\n- c', '<ul><li>a</li><li><strong>b</strong></li><li>c</li></ul>'],
    ['1. a\n2) b', '<ol><li>a</li><li>b</li></ol>'],
    ['- a\n1. b', '<ul><li>a</li></ul><ol><li>b</li></ol>'],
    ['- a\n  goes on', '<ul><li>a\ngoes on</li></ul>'],
    ['text\n- a', '<p>text</p><ul><li>a</li></ul>'],
    ['```js\n<b>*x*</b>\n```\nafter', '<pre><code>&lt;b&gt;*x*&lt;/b&gt;</code></pre><p>after</p>'],
    ['[a *b*](https://x.example/p?q=1&r=2)', `<p><a href="https://x.example/p?q=1&amp;r=2" ${LINK}>a <em>b</em></a></p>`],
    ['[mail](mailto:ada@example.com)', `<p><a href="mailto:ada@example.com" ${LINK}>mail</a></p>`],
    ['', ''],
  ])('%j', (markdown, expected) => {
    expect(blocksHtml(parseMarkdown(markdown)).html).toBe(expected)
  })
})

describe('Markdown as text', () => {
  it('is what a reader sees', () => {
    expect(blocksText(parseMarkdown('# Hi\n**a** [b](https://x.example)\n\n- `c`\n- d\n\n1. e'))).toBe('Hi\na b\n• c\n• d\n1. e')
  })
})

describe('hostile Markdown', () => {
  it.each([
    '[x](javascript:alert(1))',
    '[x](JaVaScRiPt:alert(1))',
    '[x](java\tscript:alert(1))',
    '[x](java\nscript:alert(1))',
    '[x]( javascript:alert(1))',
    '[x](&#106;avascript:alert(1))',
    '[x](data:text/html,<script>alert(1)</script>)',
    '[x](vbscript:msgbox)',
    '[x](//evil.example)',
    '[x](/relative)',
    '<javascript:alert(1)>',
  ])('%j never becomes a link', (markdown) => {
    expect(blocksHtml(parseMarkdown(markdown)).html).not.toMatch(/<a|href/i)
  })

  it.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '**<b onclick="x">**',
    '`</code><script>`',
    '```\n</code></pre><script>\n```',
    '# <svg/onload=alert(1)>',
    '- <iframe src="x">',
    '[<img src=x onerror=alert(1)>](https://x.example)',
    '[x](https://x.example/"onmouseover="alert(1))',
    "[x](https://x.example/'><script>alert(1)</script>)",
  ])('%j puts no tag or attribute of its own in', (markdown) => {
    const { html } = blocksHtml(parseMarkdown(markdown))
    const tags = [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
    expect(tags.filter((tag) => !ALLOWED_TAG.test(tag))).toEqual([])
  })

  it.each([
    '*'.repeat(50_000),
    '['.repeat(50_000),
    '_a '.repeat(20_000),
    '[a]('.repeat(20_000),
    '`'.repeat(50_000),
    '**a'.repeat(20_000),
    '- '.repeat(30_000),
  ])('of 50 000 opening signs is read to its end: %#', (markdown) => {
    expect(blocksText(parseMarkdown(`x ${markdown}`))).toMatch(/^x /)
  })
})

const PLAIN_TAG = /<\/?(?:p|strong|em|code|pre|ul|ol|li|h[456]|br|a)>/
const LINK_TAG = /<a href="https:\/\/x\.example\/[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">/
const ALLOWED_TAG = new RegExp(`^(?:${PLAIN_TAG.source}|${LINK_TAG.source})$`)
