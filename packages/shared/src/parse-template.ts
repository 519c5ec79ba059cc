import { didYouMean } from './did-you-mean.ts'
import { quote } from './quote.ts'
import { splitTemplate, TemplateSyntaxError } from './split-template.ts'
import type { TemplatePiece } from './split-template.ts'

/** What a template is made of. Paths are as written: `method`, `extraData.user.name`, `this`, `@index`, `../method`. */
export type TemplateNode =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string; at: number }
  | { kind: 'block'; name: TemplateBlock; path: string; at: number; body: TemplateNode[]; otherwise: TemplateNode[] }

const BLOCKS = ['if', 'unless', 'each', 'formatDate'] as const
export type TemplateBlock = (typeof BLOCKS)[number]

/** Digits alone are a number in Handlebars, and no name. */
const PATH = /^(?:\.\.\/)*(?:\.|@\w+|(?!-?\d+(?:\.|$))[\w-]+)(?:\.(?!-?\d+(?:\.|$))[\w-]+)*$/
const MAX_DEPTH = 20

interface Reader {
  pieces: readonly TemplatePiece[]
  /** Index of the next piece. */
  next: number
  open: readonly TemplatePiece[]
}

/**
 * Reads the part of Handlebars that HubSpot's timeline templates use: `{{name}}`, `{{#if}}`, `{{#unless}}`, `{{#each}}`, `{{else}}`,
 * `{{#formatDate name}}{{/formatDate}}`, comments.
 *
 * @throws TemplateSyntaxError with the first place that cannot be read and what was expected there
 */
export function parseTemplate(template: string): TemplateNode[] {
  const reader: Reader = { pieces: splitTemplate(template), next: 0, open: [] }
  const { nodes, end } = readNodes(reader)
  if (end) throw new TemplateSyntaxError(`{{${end.content}}} closes nothing: no block is open here`, end.at)
  return nodes
}

/** Reads until a tag that ends or turns the block (`{{/…}}`, `{{else}}`), or the end of the template. */
function readNodes(reader: Reader): { nodes: TemplateNode[]; end?: TemplatePiece } {
  const nodes: TemplateNode[] = []
  for (let piece = reader.pieces[reader.next++]; piece; piece = reader.pieces[reader.next++]) {
    if (piece.kind === 'text') nodes.push({ kind: 'text', text: piece.content })
    else if (piece.content === 'else' || piece.content.startsWith('/')) return { nodes, end: piece }
    else if (piece.content.startsWith('#')) nodes.push(readBlock(reader, piece))
    else if (!piece.content.startsWith('!')) nodes.push(readValue(piece))
  }
  return { nodes }
}

function readValue({ content, at }: TemplatePiece): TemplateNode {
  if (PATH.test(content)) return { kind: 'value', path: content, at }
  throw new TemplateSyntaxError(valueProblem(content), at)
}

function valueProblem(content: string): string {
  if (/^[{&]/.test(content)) return "a value is written with two braces: '{{name}}' was expected"
  if (content === '') return "'{{}}' names nothing: a name was expected"
  if (/^else\s/.test(content)) return `'{{${content}}}' is not understood: '{{else}}' with another '{{#if …}}' inside was expected`
  const [word = ''] = content.split(/\s/)
  if (BLOCKS.some((block) => block === word)) return `'{{${content}}}' lacks its '#': '{{#${content}}}' was expected`
  return `${quote(content)} is no name: letters, digits, _ - and dots were expected, and digits alone are a number`
}

function readBlock(reader: Reader, tag: TemplatePiece): TemplateNode {
  const [word = '', path = '', ...more] = tag.content.slice(1).trim().split(/\s+/)
  const name = BLOCKS.find((block) => block === word)
  if (!name) throw new TemplateSyntaxError(`'{{#${word}}}' is unknown: one of ${BLOCKS.join(', ')} was expected${didYouMean(word, BLOCKS)}`, tag.at)
  if (!PATH.test(path) || more.length) throw new TemplateSyntaxError(`'{{${tag.content}}}': one name behind '#${name}' was expected`, tag.at)
  if (reader.open.length >= MAX_DEPTH) throw new TemplateSyntaxError(`blocks are nested deeper than ${MAX_DEPTH}`, tag.at)
  const inside = { ...reader, open: [...reader.open, tag] }
  const first = readNodes(inside)
  const second = first.end?.content === 'else' ? readNodes(inside) : undefined
  reader.next = inside.next
  assertClosed(second ? second.end : first.end, name, tag)
  return { kind: 'block', name, path, at: tag.at, body: first.nodes, otherwise: second?.nodes ?? [] }
}

function assertClosed(end: TemplatePiece | undefined, name: TemplateBlock, tag: TemplatePiece): void {
  if (!end) throw new TemplateSyntaxError(`'{{${tag.content}}}' is never closed: '{{/${name}}}' was expected`, tag.at)
  if (end.content !== `/${name}`) throw new TemplateSyntaxError(`'{{${end.content}}}' stands where '{{/${name}}}' was expected`, end.at)
}
