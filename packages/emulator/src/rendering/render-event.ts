import type { Html } from '../markup/html.ts'
import type { StoredEvent } from '../events/event-store.ts'
import type { Template } from '../timeline/template-store.ts'
import { expandTemplate } from './expand-template.ts'
import { blocksHtml, inlineHtml } from './markdown-html.ts'
import { blocksText, inlineText } from './markdown-text.ts'
import { parseInline } from './parse-inline.ts'
import type { Inline } from './parse-inline.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { parseTemplate } from './parse-template.ts'

/** The same words twice: as markup that is safe to show, and as plain text. */
export type Rendered = { html: string; text: string; markup: Html }

type Shown = Pick<StoredEvent, 'timestamp' | 'tokens' | 'extraData'>

/** The one line of an event that the timeline shows; the template's name when the template has no header. */
export function renderHeader({ headerTemplate, name }: Template, { timestamp, tokens }: Shown): Rendered {
  const nodes = headerTemplate ? headerLine(headerTemplate, { timestamp, tokens }) : [plain(name)]
  const markup = inlineHtml(nodes)
  return { html: markup.html, text: inlineText(nodes), markup }
}

/**
 * What the timeline shows when an event is opened; empty when the template has no detail. `extraData` is known here only.
 *
 * As in HubSpot, values are filled in before Markdown is read: `*` or `[a](https://…)` in a value takes effect, HTML never does.
 */
export function renderDetail(template: Template, { timestamp, tokens, extraData }: Shown): Rendered {
  const context = { timestamp: timestamp.toISOString(), ...tokens, extraData }
  const blocks = parseMarkdown(expandTemplate(parseTemplate(template.detailTemplate ?? ''), context))
  const markup = blocksHtml(blocks)
  return { html: markup.html, text: blocksText(blocks), markup }
}

function headerLine(headerTemplate: string, { timestamp, tokens }: Pick<Shown, 'timestamp' | 'tokens'>): Inline[] {
  const context = { timestamp: timestamp.toISOString(), ...tokens }
  return parseInline(expandTemplate(parseTemplate(headerTemplate), context).replace(/\s+/g, ' ').trim())
}

function plain(text: string): Inline {
  return { kind: 'text', text }
}
