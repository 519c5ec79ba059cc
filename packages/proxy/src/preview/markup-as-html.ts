import type { Markup } from './read-markdown.ts'

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text that cannot act, inside an element or an attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '')
}

/** Markup as HTML: every text in it escaped. */
export function markupAsHtml(markup: readonly Markup[]): string {
  return markup.map(htmlOf).join('')
}

function htmlOf(markup: Markup): string {
  switch (markup.kind) {
    case 'text':
      return escapeHtml(markup.text)
    case 'code':
      return `<code>${escapeHtml(markup.text)}</code>`
    case 'code block':
      return `<pre>${escapeHtml(markup.text)}</pre>`
    case 'line break':
      return '<br>'
    case 'link':
      return `<a href="${escapeHtml(markup.address)}" rel="noreferrer nofollow">${markupAsHtml(markup.inside)}</a>`
    case 'list': {
      const entries = markup.entries.map((entry) => `<li>${markupAsHtml(entry)}</li>`).join('')
      return markup.isOrdered ? `<ol>${entries}</ol>` : `<ul>${entries}</ul>`
    }
    default:
      return `<${ELEMENTS[markup.kind]}>${markupAsHtml(markup.inside)}</${ELEMENTS[markup.kind]}>`
  }
}

const ELEMENTS = { strong: 'strong', emphasis: 'em', paragraph: 'p', heading: 'h4', quote: 'blockquote' } as const
