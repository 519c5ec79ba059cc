import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { now } from './now.ts'

/**
 * In the place of HubSpot: takes whatever it is sent, answers each request after 80 ms, and counts the events. No rate limit, no check.
 * It says its address first, then, when asked, how many events it has got, or when the latest request arrived, by access token. While it is told
 * `silent`, it answers nothing to the token `dead`.
 */
const DELAY_MS = Number(process.env.DELAY_MS ?? 80)
const arrivals: Record<string, number> = {}
let events = 0
let isSilent = false

const server = createServer((request, response) => {
  const token = String(request.headers.authorization).replace('Bearer ', '')
  arrivals[token] = now()
  if (isSilent && token === 'dead') return
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => setTimeout(answer, DELAY_MS, request, response, Buffer.concat(chunks)))
})
server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.on('message', (asked) => {
  if (asked === 'silent' || asked === 'speaking') isSilent = asked === 'silent'
  process.send?.(asked === 'arrivals' ? arrivals : events)
})
process.on('disconnect', () => process.exit())

function answer({ url = '' }: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const { inputs, batch }: { inputs?: { id: string }[]; batch?: unknown[] } = JSON.parse(String(body) || '{}')
  events += (inputs ?? batch)?.length ?? 0
  const isBatch = url.endsWith('/batch/create')
  response.writeHead(isBatch ? 201 : 202, { 'content-type': 'application/json' })
  response.end(isBatch ? JSON.stringify({ status: 'COMPLETE', results: inputs }) : '{"results":[]}')
}
