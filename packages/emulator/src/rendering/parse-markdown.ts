import { parseInline } from './parse-inline.ts'
import type { Inline } from './parse-inline.ts'

export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'list'; isOrdered: boolean; entries: Inline[][] }
  | { kind: 'code'; text: string }

const FENCE = /^ {0,3}(```+|~~~+)/
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/
const BULLET = /^ {0,3}[-*+][ \t]+(.*)$/
const NUMBER = /^ {0,3}\d{1,9}[.)][ \t]+(.*)$/

type Reader = { lines: string[]; at: number }

/** Reads paragraphs, headings, flat lists and fenced code. HTML has no meaning in it: it stays text. */
export function parseMarkdown(text: string): Block[] {
  const reader = { lines: text.replace(/\r\n?/g, '\n').split('\n'), at: 0 }
  const blocks: Block[] = []
  while (reader.at < reader.lines.length) {
    if (line(reader).trim() === '') reader.at += 1
    else blocks.push(readCode(reader) ?? readHeading(reader) ?? readList(reader) ?? readParagraph(reader))
  }
  return blocks
}

function readCode(reader: Reader): Block | undefined {
  const fence = FENCE.exec(line(reader))?.[1]
  if (fence === undefined) return undefined
  const from = reader.at + 1
  reader.at = from
  while (reader.at < reader.lines.length && !line(reader).trim().startsWith(fence)) reader.at += 1
  const text = reader.lines.slice(from, reader.at).join('\n')
  reader.at += 1
  return { kind: 'code', text }
}

function readHeading(reader: Reader): Block | undefined {
  const found = HEADING.exec(line(reader))
  if (found === null) return undefined
  reader.at += 1
  return { kind: 'heading', level: (found[1] ?? '#').length, children: parseInline(found[2] ?? '') }
}

function readList(reader: Reader): Block | undefined {
  const marker = [BULLET, NUMBER].find((known) => known.test(line(reader)))
  if (marker === undefined) return undefined
  const entries: string[] = []
  while (reader.at < reader.lines.length) {
    skipGapBetweenEntries(reader, marker)
    if (line(reader).trim() === '') break
    const entry = marker.exec(line(reader))?.[1]
    if (entry === undefined && startsBlock(line(reader))) break
    if (entry === undefined) entries.push(`${entries.pop() ?? ''}\n${line(reader).trim()}`)
    else entries.push(entry)
    reader.at += 1
  }
  return { kind: 'list', isOrdered: marker === NUMBER, entries: entries.map((entry) => parseInline(entry)) }
}

function skipGapBetweenEntries(reader: Reader, marker: RegExp) {
  const isGap = line(reader).trim() === '' && marker.test(reader.lines[reader.at + 1] ?? '')
  if (isGap) reader.at += 1
}

function readParagraph(reader: Reader): Block {
  const from = reader.at
  reader.at += 1
  while (reader.at < reader.lines.length && line(reader).trim() !== '' && !startsBlock(line(reader))) reader.at += 1
  const text = reader.lines
    .slice(from, reader.at)
    .map((part) => part.trimStart())
    .join('\n')
  return { kind: 'paragraph', children: parseInline(text.trim()) }
}

function startsBlock(text: string): boolean {
  return [FENCE, HEADING, BULLET, NUMBER].some((start) => start.test(text))
}

function line(reader: Reader): string {
  return reader.lines[reader.at] ?? ''
}
