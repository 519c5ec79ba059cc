import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  method: string
  path: string
  headers: IncomingMessage['headers']
  body: string
}

export interface LoopbackServer {
  url: string
  port: number
  /** What it was asked, in order. */
  asked: Asked[]
}

export type Reply = (asked: Asked, response: ServerResponse) => void

/** A real HTTP server that answers as told; it ends with the test. */
export async function serveOnLoopback(reply: Reply, host = '127.0.0.1'): Promise<LoopbackServer> {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray()
    const question = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
    asked.push(question)
    reply(question, response)
  }).listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  // A server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo
  return { url: `http://${host}:${port}`, port, asked }
}

export function json(response: ServerResponse, body: unknown, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
