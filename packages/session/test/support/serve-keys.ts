import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface KeyServer extends AsyncDisposable {
  readonly url: string
  /** How many requests have come so far. */
  hits: number
  /** What the next requests are answered with. */
  answer: RequestListener
  close(): Promise<void>
}

/** A real HTTP server on loopback that publishes a key set, until told otherwise. */
export async function serveKeys(keys: readonly object[]): Promise<KeyServer> {
  const server = createServer((request, response) => {
    keyServer.hits += 1
    keyServer.answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address, not a path: the server listens on a port.
  const { port } = server.address() as AddressInfo
  const close = () => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  }
  const keyServer: KeyServer = {
    url: `http://127.0.0.1:${port}/jwks.json`,
    hits: 0,
    answer: publish(keys),
    close,
    [Symbol.asyncDispose]: close,
  }
  return keyServer
}

export function publish(keys: readonly object[]): RequestListener {
  return reply(200, JSON.stringify({ keys }))
}

export function reply(status: number, body = '', headers: Record<string, string> = {}): RequestListener {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
  }
}
