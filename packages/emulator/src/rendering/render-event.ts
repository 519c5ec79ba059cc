import type { Html } from '../markup/html.ts'
import type { StoredEvent } from '../timeline/event-store.ts'
import type { Template } from '../timeline/template-store.ts'
import { expandTemplate } from './expand-template.ts'
import { blocksHtml, inlineHtml } from './markdown-html.ts'
import { blocksText, inlineText } from './markdown-text.ts'
import { parseInline } from './parse-inline.ts'
import { parseMarkdown } from './parse-markdown.ts'
import { parseTemplate } from './parse-template.ts'
import type { TemplateNode } from './parse-template.ts'

/** The same words twice: as markup that is safe to show, and as plain text. */
export type Rendered = { html: string; text: string; markup: Html }

type Shown = Pick<StoredEvent, 'timestamp' | 'tokens' | 'extraData'>

/** The one line of an event that the timeline shows; the template's name when the template has no header. */
export function renderHeader(template: Template, { timestamp, tokens }: Shown): Rendered {
  const context = { timestamp: timestamp.toISOString(), ...tokens }
  const line = expandTemplate(headerNodes(template), context).replace(/\s+/g, ' ').trim()
  const nodes = parseInline(line)
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

function headerNodes({ headerTemplate, name }: Template): TemplateNode[] {
  return headerTemplate ? parseTemplate(headerTemplate) : [{ kind: 'text', text: name }]
}
