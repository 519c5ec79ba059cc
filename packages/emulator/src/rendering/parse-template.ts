/** One piece of a Handlebars template. Paths are kept as written: `name`, `extraData.a.b`, `this.x`, `@index`, `../name`. */
export type TemplateNode =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string }
  | { kind: 'formatDate'; path: string }
  | { kind: 'each'; path: string; body: TemplateNode[]; otherwise: TemplateNode[] }
  | { kind: 'if'; path: string; isNegated: boolean; body: TemplateNode[]; otherwise: TemplateNode[] }

/** The template cannot be read; the message starts with the place: `line 1, column 5: …`. */
export class TemplateSyntaxError extends Error {}

type Tag = { content: string; at: number; end: number }

type Reader = { text: string; at: number; depth: number }

type Block = { nodes: TemplateNode[]; closer: Tag | undefined }

const BLOCKS = ['each', 'if', 'unless', 'formatDate'] as const
type BlockName = (typeof BLOCKS)[number]

const PATH = /^(?:\.\.\/)*(?:\.|@[a-z]+|[A-Za-z0-9_-]+)(?:\.[A-Za-z0-9_-]+)*$/
const MAX_DEPTH = 20

/**
 * Reads the subset of Handlebars that timeline templates use: values, `#formatDate`, `#each`, `#if`, `#unless`, `else`, comments.
 *
 * @throws TemplateSyntaxError  naming line and column.
 */
export function parseTemplate(text: string): TemplateNode[] {
  const reader = { text, at: 0, depth: 0 }
  const { nodes, closer } = readBlock(reader)
  if (closer) throw syntaxError(text, closer.at, `{{${closer.content}}} closes nothing that is open`)
  return nodes
}

// Reads until the end of the text or a tag that ends a block, which is handed back.
function readBlock(reader: Reader): Block {
  const nodes: TemplateNode[] = []
  for (;;) {
    const tag = nextTag(reader, nodes)
    if (tag === undefined) return { nodes, closer: undefined }
    if (tag.content === 'else' || tag.content.startsWith('/')) return { nodes, closer: tag }
    if (tag.content.startsWith('!')) continue
    nodes.push(tag.content.startsWith('#') ? readOpened(reader, tag) : readValue(reader, tag))
  }
}

function nextTag(reader: Reader, nodes: TemplateNode[]): Tag | undefined {
  const { text, at } = reader
  const open = text.indexOf('{{', at)
  if (open === -1) {
    reader.at = text.length
    pushText(nodes, text.slice(at))
    return undefined
  }
  const tag = readTag(text, open)
  const line = ownLine(text, tag)
  reader.at = line ? line.end : tag.end
  pushText(nodes, text.slice(at, line ? Math.max(at, line.start) : open))
  return tag
}

function readTag(text: string, at: number): Tag {
  const close = text.indexOf('}}', at)
  if (close === -1) throw syntaxError(text, at, '{{ is never closed by }}')
  if (text[at + 2] === '{') throw syntaxError(text, at, '{{{ }}} would put a value in unescaped: use {{ }}')
  return { content: text.slice(at + 2, close).trim(), at, end: close + 2 }
}

// Handlebars takes out the whole line of a block tag that stands alone on it. A loop over a Markdown list needs that:
// otherwise an empty line would part the entries.
function ownLine(text: string, { content, at, end }: Tag): { start: number; end: number } | undefined {
  if (!/^[#/!]|^else$/.test(content)) return undefined
  const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1
  const lineBreak = text.indexOf('\n', end)
  const lineEnd = lineBreak === -1 ? text.length : lineBreak + 1
  const around = text.slice(start, at) + text.slice(end, lineEnd)
  return around.trim() === '' ? { start, end: lineEnd } : undefined
}

function pushText(nodes: TemplateNode[], text: string) {
  if (text !== '') nodes.push({ kind: 'text', text })
}

function readValue({ text }: Reader, { content, at }: Tag): TemplateNode {
  if (PATH.test(content)) return { kind: 'value', path: content }
  throw syntaxError(text, at, `{{${content}}} is not a name, a path such as extraData.a.b, or a known block`)
}

function readOpened(reader: Reader, tag: Tag): TemplateNode {
  const [word = '', path = '', ...rest] = tag.content.slice(1).trim().split(/\s+/)
  const name = BLOCKS.find((known) => known === word)
  if (name === undefined) throw syntaxError(reader.text, tag.at, `{{#${word}}} is not a known block: use ${BLOCKS.join(', ')}`)
  if (!PATH.test(path) || rest.length > 0) throw syntaxError(reader.text, tag.at, `{{#${name}}} needs one name or path behind it`)
  if (reader.depth >= MAX_DEPTH) throw syntaxError(reader.text, tag.at, `blocks are nested more than ${MAX_DEPTH} deep`)
  reader.depth += 1
  const node = readBody(reader, { name, path, tag })
  reader.depth -= 1
  return node
}

function readBody(reader: Reader, { name, path, tag }: { name: BlockName; path: string; tag: Tag }): TemplateNode {
  const first = readBlock(reader)
  const second = first.closer?.content === 'else' ? readBlock(reader) : { nodes: [], closer: first.closer }
  if (second.closer === undefined) throw syntaxError(reader.text, tag.at, `{{#${name}}} is never closed by {{/${name}}}`)
  if (second.closer.content !== `/${name}`) {
    throw syntaxError(reader.text, second.closer.at, `{{${second.closer.content}}} stands where {{/${name}}} is expected`)
  }
  if (name === 'formatDate') return { kind: 'formatDate', path }
  const bodies = { path, body: first.nodes, otherwise: second.nodes }
  return name === 'each' ? { kind: 'each', ...bodies } : { kind: 'if', isNegated: name === 'unless', ...bodies }
}

function syntaxError(text: string, offset: number, problem: string): TemplateSyntaxError {
  const before = text.slice(0, offset).split('\n')
  return new TemplateSyntaxError(`line ${before.length}, column ${(before.at(-1) ?? '').length + 1}: ${problem}`)
}
