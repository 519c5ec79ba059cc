import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One exchange as it went over the wire, both ways. */
export interface Exchange {
  url: string
  request: string
  response: string
}

export interface TrafficRecorder {
  url: string
  /** Everything so far, streams that are still open included. */
  exchanges(): Exchange[]
  close(): Promise<void>
}

export interface RecorderOptions {
  /** Where a request goes. Default: where its own address says, as a browser's proxy is told. */
  target?: string
  /** Changes what is sent on; what came is recorded. */
  rewrite?: (text: string) => string
}

/**
 * Passes HTTP on and writes down every byte of it: as a browser's proxy, or in front of one server.
 *
 * Bodies are asked for uncompressed, so that they can be read.
 */
export async function recordTraffic({ target, rewrite = (text) => text }: RecorderOptions = {}): Promise<TrafficRecorder> {
  const exchanges: Exchange[] = []
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '', target).href
    const exchange = { url, request: headOf(`${incoming.method} ${incoming.url}`, incoming), response: '' }
    exchanges.push(exchange)
    pass(incoming, outgoing, { exchange, rewrite }).catch(() => outgoing.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // A TCP server that listens has a port.

  return {
    url: `http://127.0.0.1:${port}`,
    exchanges: () => exchanges,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

interface Passage {
  exchange: Exchange
  rewrite: (text: string) => string
}

async function pass(incoming: IncomingMessage, outgoing: ServerResponse, { exchange, rewrite }: Passage): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const sent = Buffer.concat(chunks).toString('latin1')
  exchange.request += sent
  const body = Buffer.from(rewrite(sent), 'latin1')
  const { host: _, 'accept-encoding': __, 'proxy-connection': ___, ...headers } = incoming.headers
  const length = body.length ? { 'content-length': body.length } : {}
  const onward = send(rewrite(exchange.url), { method: incoming.method, headers: { ...headers, ...length } })
  outgoing.once('close', () => onward.destroy())
  onward.end(body)
  const response = await new Promise<IncomingMessage>((resolve, reject) => onward.once('response', resolve).once('error', reject))
  exchange.response = headOf(`${response.statusCode}`, response)
  outgoing.writeHead(response.statusCode ?? 502, response.rawHeaders)
  outgoing.flushHeaders()
  for await (const chunk of response) {
    exchange.response += chunk.toString('latin1')
    outgoing.write(chunk)
  }
  outgoing.end()
}

function headOf(firstLine: string, { rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.map((text, index) => (index % 2 ? `${text}\n` : `${text}: `))
  return `${firstLine}\n${lines.join('')}\n`
}
