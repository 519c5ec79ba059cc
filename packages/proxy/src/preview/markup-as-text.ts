import { styleText } from 'node:util'
import type { Markup } from './read-markdown.ts'

/** What a value may hold that would command a terminal; line ends and tabs are harmless. */
 
const COMMANDS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Text that cannot act in a terminal. */
export function forTerminal(text: string): string {
  return text.replace(COMMANDS, '�')
}

/** Markup for a terminal: bold, italics and underlines where it shows them, plain text elsewhere. */
export function markupAsText(markup: readonly Markup[]): string {
  return markup.map(textOf).join('').trim()
}

function textOf(markup: Markup): string {
  switch (markup.kind) {
    case 'text':
    case 'code':
      return forTerminal(markup.text)
    case 'code block':
      return `${forTerminal(markup.text)}\n\n`
    case 'line break':
      return '\n'
    case 'link':
      return `${styleText('underline', markupAsText(markup.inside))} (${forTerminal(markup.address)})`
    case 'list': {
      const entries = markup.entries.map((entry, at) => `${markup.isOrdered ? `${at + 1}.` : '•'} ${indented(markupAsText(entry))}`)
      return `${entries.join('\n')}\n\n`
    }
    case 'strong':
      return styleText('bold', markupAsText(markup.inside))
    case 'emphasis':
      return styleText('italic', markupAsText(markup.inside))
    default:
      return `${markup.kind === 'heading' ? styleText('bold', markupAsText(markup.inside)) : markupAsText(markup.inside)}\n\n`
  }
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n  ')
}
