import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What can happen between a page and the proxy. */
export const FAULTS = [
  'none', '503', '503 without CORS', '429 in seconds', '429 as a date', 'reset before', 'reset after', 'half an answer', 'no answer',
  'slow', 'offline',
] as const
export type Fault = (typeof FAULTS)[number]
/** What befalls a preflight too. One that is refused is no answer at all to the page: the others are faults of the request proper. */
const OF_PREFLIGHTS: readonly Fault[] = ['503 without CORS', 'reset before', 'slow', 'offline']

interface Reply {
  status: number
  headers: IncomingMessage['headers']
  body: Buffer
}

export type Faults = Awaited<ReturnType<typeof openFaults>>

const SLOW_MS = 120
export const RETRY_AFTER_SECONDS = 1
/** A date has whole seconds: two ahead is more than one from now. */
const RETRY_AT_MS = 2_000

let opened = 0

/**
 * A way to the proxy, with an address of its own, on which one thing or another goes wrong. A port may be one that an earlier way had; the
 * number keeps the pause that a page has stored for that one from holding for this one, on a clock that is days behind.
 */
export async function openFaults(proxyUrl: string) {
  let fault: Fault = 'none'
  const sockets = new Set<Socket>()
  const held = new Set<Socket>()
  /** How many requests met each fault, of preflights those that can; of a network that is down, how many connections. */
  const met = new Map<Fault, number>()
  /** Requests with events. */
  const arrivals: { at: number; fault: Fault }[] = []
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))
  server.on('connection', (socket): void => {
    if (fault === 'offline') {
      note('offline')
      return void socket.resetAndDestroy()
    }
    sockets.add(socket.on('close', () => sockets.delete(socket)))
    // A page that goes away in the middle of its request is no trouble of ours.
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this shape.
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/b?way=${++opened}`
  return { endpoint, met, arrivals, begin, close }

  /** From now on this goes wrong. What was never answered ends without an answer. */
  function begin(next: Fault): void {
    fault = next
    for (const socket of fault === 'offline' ? sockets : held) socket.resetAndDestroy()
    held.clear()
  }

  function note(what: Fault): void {
    met.set(what, (met.get(what) ?? 0) + 1)
  }

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request)
    const isEvents = request.method === 'POST'
    const now = isEvents || OF_PREFLIGHTS.includes(fault) ? fault : 'none'
    note(now)
    if (isEvents) arrivals.push({ at: Date.now(), fault: now })
    if (now === 'reset before') return void request.socket.resetAndDestroy()
    if (now === '503 without CORS') return void response.writeHead(503, { 'content-type': 'text/html' }).end('<h1>Service Unavailable</h1>')
    if (/^\d/.test(now)) return refuse(request, response, now)
    if (now === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
    const reply = await forward(request, body)
    if (now === 'reset after') return void request.socket.resetAndDestroy()
    if (now === 'no answer') return void (fault === now ? held.add(request.socket) : request.socket.resetAndDestroy())
    delete reply.headers['transfer-encoding']
    response.writeHead(reply.status, { ...reply.headers, 'content-length': reply.body.length })
    if (now !== 'half an answer') return void response.end(reply.body)
    response.write(reply.body.subarray(0, reply.body.length / 2), () => request.socket.resetAndDestroy())
  }

  function refuse(request: IncomingMessage, response: ServerResponse, now: Fault): void {
    const retryAfter = now === '429 in seconds' ? String(RETRY_AFTER_SECONDS) : now === '429 as a date' && new Date(Date.now() + RETRY_AT_MS).toUTCString()
    response.writeHead(Number.parseInt(now), {
      'content-type': 'application/problem+json',
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-expose-headers': 'retry-after',
      ...(retryAfter && { 'retry-after': retryAfter }),
    })
    response.end('{}')
  }

  function forward(request: IncomingMessage, body: Buffer): Promise<Reply> {
    const { method, url, headers } = request
    return new Promise((resolve, reject) => {
      const forwarded = send(proxyUrl + url, { method, headers }, async (answer) => {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await read(answer) })
      })
      forwarded.on('error', reject).end(body)
    })
  }

  function close(): Promise<void> {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
