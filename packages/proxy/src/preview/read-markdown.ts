import { Lexer } from 'marked'
import type { Token, Tokens } from 'marked'

/** What Markdown says. HTML has no meaning in it: it is text. */
export type Markup =
  | { kind: 'text'; text: string }
  | { kind: 'code' | 'code block'; text: string }
  | { kind: 'line break' }
  | { kind: 'link'; address: string; inside: Markup[] }
  | { kind: 'list'; isOrdered: boolean; entries: Markup[][] }
  | { kind: 'strong' | 'emphasis' | 'paragraph' | 'heading' | 'quote'; inside: Markup[] }

const SAFE_LINKS = ['https:', 'http:', 'mailto:']

/** Reads the Markdown of a detail. */
export function readMarkdown(text: string): Markup[] {
  return markupOf(new Lexer({ gfm: false }).lex(text))
}

/** Reads the Markdown of one line: nothing in it makes a list or a heading. */
export function readMarkdownLine(text: string): Markup[] {
  return markupOf(Lexer.lexInline(text.replace(/\s+/g, ' ').trim(), { gfm: false }))
}

function markupOf(tokens: readonly Token[] = []): Markup[] {
  // The lexer's types leave the kind of a token open for extensions, of which there are none here.
  return (tokens as Tokens.Generic[]).flatMap((token): Markup[] => {
    switch (token.type) {
      case 'space':
      case 'def':
        return []
      case 'text':
        return token.tokens ? markupOf(token.tokens) : [{ kind: 'text', text: token.text }]
      case 'escape':
        return [{ kind: 'text', text: token.text }]
      case 'strong':
        return [{ kind: 'strong', inside: markupOf(token.tokens) }]
      case 'em':
        return [{ kind: 'emphasis', inside: markupOf(token.tokens) }]
      case 'codespan':
        return [{ kind: 'code', text: token.text }]
      case 'code':
        return [{ kind: 'code block', text: token.text }]
      case 'br':
        return [{ kind: 'line break' }]
      case 'link':
        return readLink(token)
      case 'list':
        return [{ kind: 'list', isOrdered: token.ordered, entries: token.items.map((entry: Tokens.ListItem) => markupOf(entry.tokens)) }]
      case 'paragraph':
      case 'heading':
        return [{ kind: token.type, inside: markupOf(token.tokens) }]
      case 'blockquote':
        return [{ kind: 'quote', inside: markupOf(token.tokens) }]
      // Whatever else Markdown has, images and HTML among it, is shown as it was written.
      default:
        return [{ kind: 'text', text: token.raw }]
    }
  })
}

function readLink({ href, raw, tokens }: Tokens.Generic): Markup[] {
  const isSafe = URL.canParse(href) && SAFE_LINKS.includes(new URL(href).protocol)
  return isSafe ? [{ kind: 'link', address: href, inside: markupOf(tokens) }] : [{ kind: 'text', text: raw }]
}
