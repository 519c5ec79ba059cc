import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the sides are told when they ask for their settings, the same way each product's server would answer. */
const SETTINGS = {
  source: { id: 'bench', name: 'bench', enabled: true, config: {}, destinations: [], updatedAt: '2026-11-01', workspaceId: 'bench' },
  integrations: {},
}

export type Collector = Awaited<ReturnType<typeof openCollector>>
export interface Arrival {
  names: string[]
  at: number
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
  const collector = { url, arrivals, fault: (): Fault => undefined, countTaken, close }
  return collector

  /** How often each event was taken. */
  function countTaken(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const name of arrivals.flatMap(({ isTaken, names }) => (isTaken ? names : []))) counts.set(name, (counts.get(name) ?? 0) + 1)
    return counts
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = pages[new URL(request.url ?? '/', url).pathname]
    if (page !== undefined) return void response.writeHead(200, { 'content-type': page.startsWith('<') ? 'text/html' : 'text/javascript' }).end(page)
    const body = await readText(request)
    const names = namesIn(body + request.url)
    if (!names.length) return answer(response, 200, SETTINGS)
    const fault = collector.fault()
    arrivals.push({ names, at: Date.now(), isTaken: !fault })
    if (fault) return answer(response, fault.status, {}, fault.headers)
    answer(response, 202, { success: true, results: names.map(() => ({ status: 'queued' })) })
  }

  function close(): void {
    server.closeAllConnections()
    server.close()
  }
}

function answer(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status === 202 ? 200 : status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
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
