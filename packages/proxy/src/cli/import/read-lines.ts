import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { EventDefinitions } from '@trackline/shared'
import { parse } from 'csv-parse'
import { typedProperties } from '../track/typed-properties.ts'

export const FORMATS = ['jsonl', 'csv'] as const
export type Format = (typeof FORMATS)[number]

/** One event of a file, or why the line is none. */
export type Line = { number: number } & ({ message: Readonly<Record<string, unknown>> } | { problem: string })

/** Columns of a message; every other one is a property, and so is one of these names behind `properties.`. */
const MEMBERS: readonly string[] = ['event', 'messageId', 'timestamp', 'userId', 'email', 'objectId', 'domain']
const PROPERTY = 'properties.'

/**
 * The events of a file, or of the standard input (`-`): JSON Lines, each a message as `POST /v1/track` takes it; or CSV, whose first line names
 * the columns. An empty cell is left out.
 *
 * @throws TypeError where the file cannot be read, or what follows cannot be told apart any more
 */
export async function* readLines(path: string, { format, events }: { format: Format; events: EventDefinitions | undefined }): AsyncGenerator<Line> {
  const input = path === '-' ? process.stdin : createReadStream(path)
  try {
    yield* format === 'csv' ? readCsv(input, events) : readJsonLines(input)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw new TypeError(`${path === '-' ? 'the standard input' : path} cannot be read: ${error.message}`, { cause: error })
  }
}

async function* readJsonLines(input: Readable): AsyncGenerator<Line> {
  let number = 0
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    number += 1
    if (text.trim() !== '') yield { number, ...readMessage(text.replace(/^\uFEFF/, '')) }
  }
}

function readMessage(text: string): { message: Readonly<Record<string, unknown>> } | { problem: string } {
  try {
    const message: unknown = JSON.parse(text)
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
    return isObject ? { message: Object.fromEntries(Object.entries(message)) } : { problem: 'it is no JSON object' }
  } catch {
    return { problem: 'it is not JSON' }
  }
}

async function* readCsv(input: Readable, events: EventDefinitions | undefined): AsyncGenerator<Line> {
  const parser = input.pipe(parse({ bom: true, info: true, skip_empty_lines: true, relax_column_count: true }))
  input.once('error', (error) => parser.destroy(error))
  let columns: string[] | undefined
  for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) { // What `info` makes of a record.
    if (!columns) columns = readColumns(record)
    else if (record.length !== columns.length) yield { number: info.lines, problem: `it has ${record.length} cells, the first line names ${columns.length}` }
    else yield { number: info.lines, message: toMessage(columns.map((name, index) => [name, record[index] ?? '']), events) }
  }
}

function readColumns(names: string[]): string[] {
  const columns = names.map((name) => name.trim())
  if (!columns.includes('event')) throw new Error(`its first line must name the columns, "event" among them: got ${columns.slice(0, 10).join(', ')}`)
  const twice = columns.find((name, index) => columns.indexOf(name) < index)
  if (twice !== undefined) throw new Error(`its first line names the column "${twice}" twice`)
  return columns
}

function toMessage(cells: [name: string, text: string][], events: EventDefinitions | undefined): Readonly<Record<string, unknown>> {
  const filled = cells.filter(([, text]) => text !== '')
  const members = Object.fromEntries(filled.filter(([name]) => MEMBERS.includes(name)))
  const given = filled.filter(([name]) => !MEMBERS.includes(name)).map(([name, text]) => [name.startsWith(PROPERTY) ? name.slice(PROPERTY.length) : name, text])
  const { event = '', timestamp } = members
  const definition = events && Object.hasOwn(events, event) ? events[event] : undefined
  return {
    ...members,
    ...(timestamp === undefined ? {} : { timestamp: /^\d+$/.test(timestamp) ? Number(timestamp) : timestamp }),
    properties: typedProperties(Object.fromEntries(given), definition),
  }
}
