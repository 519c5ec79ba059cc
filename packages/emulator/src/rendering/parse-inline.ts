/** A piece of Markdown within one line or paragraph. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'code'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'emphasis'; children: Inline[] }
  | { kind: 'link'; href: string; children: Inline[] }

/** A piece that was recognised, and where the text goes on behind it. */
type Found = { node: Inline; end: number }

/** Where reading stands. `barren` says, per mark, up to where no closing one was found: what was searched once is not again. */
type Place = { text: string; at: number; depth: number; barren: Map<string, number> }

// How far a closing sign is looked for. Without it, a value of many opening signs costs quadratic time.
const MAX_SPAN_CHARS = 2000
const MAX_DEPTH = 6
const LINK_PROTOCOLS = ['http:', 'https:', 'mailto:']
const SPECIAL = /[\\`*_[\n]/
const ESCAPABLE = /[!-/:-@[-`{-~]/
const WORD = /[\p{L}\p{N}]/u

/** Reads bold, emphasis, code, links, escapes and line breaks. What does not fit stays text; nothing is ever HTML. */
export function parseInline(text: string, depth = 0): Inline[] {
  const nodes: Inline[] = []
  const barren = new Map<string, number>()
  let at = 0
  while (at < text.length) {
    const found = readPiece({ text, at, depth, barren })
    const end = found?.end ?? nextSpecial(text, at + 1)
    push(nodes, found?.node ?? { kind: 'text', text: text.slice(at, end) })
    at = end
  }
  return nodes
}

function readPiece(place: Place): Found | undefined {
  const sign = place.text[place.at]
  if (sign === '\\') return readEscape(place)
  if (sign === '\n') return readLineEnd(place)
  if (sign === '`') return readCode(place)
  if (place.depth >= MAX_DEPTH) return undefined
  if (sign === '[') return readLink(place)
  return sign === '*' || sign === '_' ? readEmphasis(place, sign) : undefined
}

function readEscape({ text, at }: Place): Found | undefined {
  const next = text[at + 1] ?? ''
  if (next === '\n') return { node: { kind: 'break' }, end: at + 2 }
  return ESCAPABLE.test(next) ? { node: { kind: 'text', text: next }, end: at + 2 } : undefined
}

// Two spaces before the end of a line break it; otherwise the next line goes on behind a space.
function readLineEnd({ text, at }: Place): Found {
  return { node: text.slice(0, at).endsWith('  ') ? { kind: 'break' } : { kind: 'text', text: '\n' }, end: at + 1 }
}

function readCode({ text, at }: Place): Found | undefined {
  const fence = /^`+/.exec(text.slice(at, at + 10))?.[0] ?? '`'
  const from = at + fence.length
  const close = indexWithin(text, fence, from)
  return close === -1 ? undefined : { node: { kind: 'code', text: text.slice(from, close).trim() }, end: close + fence.length }
}

function readEmphasis({ text, at, depth, barren }: Place, sign: '*' | '_'): Found | undefined {
  const mark = text[at + 1] === sign ? sign + sign : sign
  const from = at + mark.length
  if (/^\s|^$/.test(text.slice(from, from + 1)) || (sign === '_' && WORD.test(text[at - 1] ?? ''))) return undefined
  const close = closingMark({ text, at: from, depth, barren }, mark)
  if (close === undefined) return undefined
  const children = parseInline(text.slice(from, close), depth + 1)
  return { node: { kind: mark.length === 2 ? 'strong' : 'emphasis', children }, end: close + mark.length }
}

function closingMark({ text, at: from, barren }: Place, mark: string): number | undefined {
  const limit = from + MAX_SPAN_CHARS
  let at = indexWithin(text, mark, Math.max(from + 1, barren.get(mark) ?? 0))
  while (at !== -1 && at < limit) {
    if (canClose(text, mark, at)) return at
    at = indexWithin(text, mark, at + (text.startsWith(mark + mark, at) ? 2 : 1))
  }
  barren.set(mark, limit)
  return undefined
}

function canClose(text: string, mark: string, at: number): boolean {
  if (/[\s\\]/.test(text[at - 1] ?? '')) return false
  if (mark.length === 1 && (text[at + 1] === mark || text[at - 1] === mark)) return false
  return !mark.startsWith('_') || !WORD.test(text[at + mark.length] ?? '')
}

function readLink({ text, at, depth }: Place): Found | undefined {
  const middle = indexWithin(text, '](', at + 1)
  if (middle === -1) return undefined
  const label = text.slice(at + 1, middle)
  const end = indexWithin(text, ')', middle + 2)
  const href = end === -1 || label.includes('[') ? undefined : safeHref(text.slice(middle + 2, end))
  return href === undefined ? undefined : { node: { kind: 'link', href, children: parseInline(label, depth + 1) }, end: end + 1 }
}

// Parsing first: a browser drops tabs and line breaks from "java\nscript:", and so does URL.
function safeHref(address: string): string | undefined {
  if (/\s/.test(address) || !URL.canParse(address)) return undefined
  const url = new URL(address)
  return LINK_PROTOCOLS.includes(url.protocol) ? url.href : undefined
}

function indexWithin(text: string, sought: string, from: number): number {
  const found = text.slice(from, from + MAX_SPAN_CHARS).indexOf(sought)
  return found === -1 ? -1 : found + from
}

function nextSpecial(text: string, from: number): number {
  const found = text.slice(from).search(SPECIAL)
  return found === -1 ? text.length : found + from
}

function push(nodes: Inline[], node: Inline) {
  const last = nodes.at(-1)
  if (node.kind === 'text' && last?.kind === 'text') last.text += node.text
  else nodes.push(node)
}
