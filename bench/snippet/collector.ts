import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** Each answer comes as late as from a server some hundred kilometres away: on loopback a page would be gone sooner than any visitor can leave it. */
const ROUND_TRIP_MS = 50

/** What the sides are told when they ask for their settings, the same way each product's server would answer. */
const SETTINGS = {
  source: { id: 'bench', name: 'bench', enabled: true, config: {}, destinations: [], updatedAt: '2026-11-01', workspaceId: 'bench' },
  integrations: {},
}

export type Collector = Awaited<ReturnType<typeof openCollector>>
export interface Arrival {
  names: string[]
  isTaken: boolean
}
type Fault = { status: number; headers?: Record<string, string> } | undefined

/**
 * A website and the server that collects its events, on one loopback origin: everything posted counts as a request with events, by
 * the names of events that stand in it. `fault` decides how it is answered; undefined takes the events.
 */
export async function openCollector(pages: Record<string, string>) {
  const arrivals: Arrival[] = []
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this shape.
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const collector = { url, arrivals, fault: (): Fault => undefined, close }
  return collector

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readText(request).catch(() => undefined)
    // The page was left before the request had come in whole.
    if (body === undefined) return
    const names = [...new Set([...namesIn(body), ...namesIn(request.url ?? '')])]
    const fault = names.length > 0 ? collector.fault() : undefined
    if (names.length > 0) arrivals.push({ names, isTaken: !fault })
    await delay(ROUND_TRIP_MS)
    const page = pages[new URL(request.url ?? '/', url).pathname]
    if (page !== undefined) response.writeHead(200, { 'content-type': page.startsWith('<') ? 'text/html' : 'text/javascript' }).end(page)
    else if (fault) answer(response, fault.status, { code: fault.status, error: 'bench' }, fault.headers)
    else answer(response, 200, names.length > 0 ? taken(names) : SETTINGS)
  }

  function close(): void {
    server.closeAllConnections()
    server.close()
  }
}

/** One answer that says in each product's words that the events were taken: Segment's and Plausible's, Mixpanel's, Amplitude's, Trackline's. */
function taken(names: string[]) {
  return { success: true, status: 1, code: 200, results: names.map(() => ({ status: 'queued' })) }
}

function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Events are called `bench-event-7-`; some trackers write their body as a form, or in base64. */
function namesIn(body: string): string[] {
  const text = body.startsWith('data=') ? readForm(body) : body
  const found = [...text.matchAll(/bench-event-\d+-/g)].map(([name]) => name)
  // A tracker may say a name twice in one event: as its name and among its properties.
  return [...new Set(found)]
}

function readForm(body: string): string {
  const text = new URLSearchParams(body).get('data') ?? ''
  return /^[\w+/=]+$/.test(text) ? Buffer.from(text, 'base64').toString() : text
}
