import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { now } from './now.ts'

/**
 * In the place of HubSpot: takes whatever it is sent, answers each request after 80 ms, and counts the events. No rate limit, no check.
 * It says its address first, then, when asked, how many events it has got; `arrivals`: when the latest request of each access token came;
 * `marked`: the page of each event, and how often it came. While it is told `silent`, it answers nothing to the token of account 1.
 */
const DELAY_MS = Number(process.env.DELAY_MS ?? 80)
const SILENT_TOKEN = 'token1'
/** Of Trackline's and others' requests alike: `"page":"…"`. */
const PAGE = /"page":"([^"]+)"/g
const arrivals: Record<string, number> = {}
const marked: Record<string, number> = {}
let events = 0
let isSilent = false

const server = createServer((request, response) => {
  const token = String(request.headers.authorization).replace('Bearer ', '')
  arrivals[token] = now()
  if (isSilent && token === SILENT_TOKEN) return
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => setTimeout(answer, DELAY_MS, request, response, String(Buffer.concat(chunks))))
})
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)) // It has one once it listens.
process.on('message', (asked) => {
  if (asked === 'silent' || asked === 'speaking') isSilent = asked === 'silent'
  process.send?.(asked === 'arrivals' ? arrivals : asked === 'marked' ? marked : events)
})
process.on('disconnect', () => process.exit())

function answer({ url = '' }: IncomingMessage, response: ServerResponse, received: string): void {
  const { inputs, batch }: { inputs?: { id: string }[]; batch?: unknown[] } = JSON.parse(received || '{}')
  events += (inputs ?? batch)?.length ?? 0
  for (const [, page = ''] of received.matchAll(PAGE)) marked[page] = (marked[page] ?? 0) + 1
  const isBatch = url.endsWith('/batch/create')
  const body = isBatch ? JSON.stringify({ status: 'COMPLETE', results: inputs }) : '{"results":[]}'
  response.writeHead(isBatch ? 201 : 202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
