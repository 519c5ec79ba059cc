import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ReceivedMessage {
  event: string
  messageId: string
  timestamp: number | string
  properties?: Record<string, unknown>
  extraData?: unknown
}

export interface ReceivedRequest {
  authorization: string | undefined
  headers: IncomingMessage['headers']
  bodyBytes: number
  /** undefined when the body is not JSON. */
  body: { sentAt: number; batch: ReceivedMessage[] } | undefined
  at: number
  /** What was answered; 0 when the connection was dropped. */
  status: number
}

export interface Answer {
  /** Default: 202, or 422 when every message is rejected. */
  status?: number
  headers?: Record<string, string>
  body?: string | Record<string, unknown>
  /** Destroys the connection instead of answering. */
  drop?: boolean
  /** Holds the answer back until this settles. */
  after?: Promise<unknown>
  /** Names of events to answer `rejected` in an ordinary reply. */
  reject?: string[]
}

export type Script = (request: ReceivedRequest) => Answer | undefined

export type Endpoint = Awaited<ReturnType<typeof openEndpoint>>

/**
 * A proxy's ingest as the browser sees it, on loopback: CORS as strict as the real one, an answer per message, a repeat is a
 * `duplicate`. `script` decides each answer; undefined means the ordinary one.
 */
export async function openEndpoint() {
  const requests: ReceivedRequest[] = []
  const preflights: string[] = []
  const stored = new Set<string>()
  const endpoint = { url: '', requests, preflights, script: undefined as Script | undefined, close, messages, clear }
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this shape.
  endpoint.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/b`
  return endpoint

  /** Every message that was answered 202, in order, repeats included. */
  function messages(): (ReceivedMessage & { authorization: string | undefined })[] {
    const taken = requests.filter(({ status }) => status === 202)
    return taken.flatMap(({ body, authorization }) => (body?.batch ?? []).map((message) => ({ ...message, authorization })))
  }

  function clear(): void {
    requests.length = 0
    stored.clear()
  }

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*')
    response.setHeader('access-control-allow-credentials', 'true')
    response.setHeader('access-control-expose-headers', 'retry-after')
    if (request.method === 'OPTIONS') return preflight(request, response)
    const received = await receive(request)
    const answer = endpoint.script?.(received) ?? {}
    const reply: Answer & { status: number } =
      answer.status || answer.drop ? { status: 0, ...answer } : { ...ordinary(received, answer.reject ?? []), ...answer }
    received.status = reply.drop ? 0 : reply.status
    requests.push(received)
    await answer.after
    if (reply.drop) return void request.socket.destroy()
    response.writeHead(reply.status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...reply.headers })
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}))
  }

  function preflight(request: IncomingMessage, response: ServerResponse): void {
    const asked = request.headers['access-control-request-headers'] ?? ''
    preflights.push(asked)
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-trackline')
    response.writeHead(204).end()
  }

  async function receive(request: IncomingMessage): Promise<ReceivedRequest> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const { headers } = request
    const { authorization } = headers
    return { authorization, headers, bodyBytes: bytes.length, body: parse(bytes), at: Date.now(), status: 0 }
  }

  function ordinary(received: ReceivedRequest, rejected: string[]) {
    const results = (received.body?.batch ?? []).map(({ event, messageId }) => {
      const error = { code: 'EVENT_UNKNOWN', message: `unknown: '${event}'` }
      if (rejected.includes(event)) return { messageId, status: 'rejected', error }
      const status = stored.has(messageId) ? 'duplicate' : 'queued'
      stored.add(messageId)
      return { messageId, status }
    })
    const status = results.length && results.every((result) => result.status === 'rejected') ? 422 : 202
    return { status, body: { results } }
  }

  function close(): Promise<void> {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}

function parse(bytes: Buffer): ReceivedRequest['body'] {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}
