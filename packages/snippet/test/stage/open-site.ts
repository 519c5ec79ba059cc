import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Reply {
  status?: number
  headers?: Record<string, string>
  body?: string
  /** Destroys the connection instead of answering. */
  drop?: boolean
  /** Holds the answer back until this settles. */
  after?: Promise<unknown>
}

export type Site = Awaited<ReturnType<typeof openSite>>

const CONTENT_TYPES: Record<string, string> = { js: 'text/javascript', html: 'text/html; charset=utf-8' }

/** A customer's website on loopback: answers each path as `paths` says. */
export async function openSite() {
  const requests: string[] = []
  const paths: Record<string, string | (() => Reply)> = {}
  const server = createServer((request, response) => void respond(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a port has an address of this shape.
  const { port } = server.address() as AddressInfo
  const site = { url: `http://127.0.0.1:${port}`, port, paths, requests, cacheControl: 'no-store', close }
  return site

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').replace(/\?.*/, '')
    requests.push(path)
    const found = paths[path] ?? (() => ({ status: 404 }))
    const reply: Reply = typeof found === 'string' ? { body: found } : found()
    const { status = 200, headers, body = '', drop } = reply
    await reply.after
    if (drop) return void request.socket.destroy()
    const type = CONTENT_TYPES[/\.(\w+)$/.exec(path)?.[1] ?? 'html'] ?? 'text/plain'
    response.writeHead(status, { 'content-type': type, 'cache-control': site.cacheControl, ...headers }).end(body)
  }

  function close(): Promise<void> {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}
