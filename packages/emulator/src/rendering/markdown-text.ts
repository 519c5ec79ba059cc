import type { Inline } from './parse-inline.ts'
import type { Block } from './parse-markdown.ts'

/** Markdown blocks as plain text: what a reader sees, one line per paragraph or list entry. */
export function blocksText(blocks: readonly Block[]): string {
  return blocks.map(blockText).join('\n')
}

/** A line of Markdown as plain text. */
export function inlineText(nodes: readonly Inline[]): string {
  return nodes.map(nodeText).join('')
}

function blockText(block: Block): string {
  if (block.kind === 'code') return block.text
  if (block.kind !== 'list') return inlineText(block.children)
  return block.entries.map((entry, at) => `${block.isOrdered ? `${at + 1}.` : '•'} ${inlineText(entry)}`).join('\n')
}

function nodeText(node: Inline): string {
  if (node.kind === 'text' || node.kind === 'code') return node.text
  return node.kind === 'break' ? '\n' : inlineText(node.children)
}
