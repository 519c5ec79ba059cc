import { html, join } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import type { Inline } from './parse-inline.ts'
import type { Block } from './parse-markdown.ts'

/** Markdown blocks as HTML. Headings start at h4: a card stands below the page's own headings. */
export function blocksHtml(blocks: readonly Block[]): Html {
  return join(blocks.map(blockHtml))
}

/** A line of Markdown as HTML, without a block around it. */
export function inlineHtml(nodes: readonly Inline[]): Html {
  return join(nodes.map(nodeHtml))
}

function blockHtml(block: Block): Html {
  if (block.kind === 'code') return html`<pre><code>${block.text}</code></pre>`
  if (block.kind === 'list') return listHtml(block.isOrdered, block.entries)
  if (block.kind === 'heading') return headingHtml(block.level, inlineHtml(block.children))
  return html`<p>${inlineHtml(block.children)}</p>`
}

function listHtml(isOrdered: boolean, entries: readonly Inline[][]): Html {
  const rows = entries.map((entry) => html`<li>${inlineHtml(entry)}</li>`)
  return isOrdered ? html`<ol>${rows}</ol>` : html`<ul>${rows}</ul>`
}

function headingHtml(level: number, content: Html): Html {
  if (level === 1) return html`<h4>${content}</h4>`
  return level === 2 ? html`<h5>${content}</h5>` : html`<h6>${content}</h6>`
}

function nodeHtml(node: Inline): Html {
  if (node.kind === 'text') return html`${node.text}`
  if (node.kind === 'code') return html`<code>${node.text}</code>`
  if (node.kind === 'break') return html`<br>`
  const content = inlineHtml(node.children)
  if (node.kind === 'link') return html`<a href="${node.href}" target="_blank" rel="noopener noreferrer nofollow">${content}</a>`
  return node.kind === 'strong' ? html`<strong>${content}</strong>` : html`<em>${content}</em>`
}
