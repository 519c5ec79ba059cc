import { connect } from 'node:net'
import type { HeaderLine } from './header-lines.ts'

/** What came back: undefined where the connection was closed without a word. */
export interface RawReply {
  status: number | undefined
  code: string | undefined
}

export interface RawRequest {
  origin: string
  body: string
  lines: readonly HeaderLine[]
}

/** Posts an event over a connection of its own, with header lines that no HTTP client would send: whatever bytes they hold. */
export function sendBytes(proxyUrl: string, { origin, body, lines }: RawRequest): Promise<RawReply> {
  const { hostname, port, host } = new URL(proxyUrl)
  const head = [
    'POST /v1/track HTTP/1.1',
    `host: ${host}`,
    `origin: ${origin}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    ...lines.map(([name, value]) => `${name}: ${value}`),
  ]
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(Number(port), hostname)
    socket.on('data', (chunk) => chunks.push(chunk))
    // A server that has heard enough closes while we still write; what it said before counts.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(readReply(Buffer.concat(chunks).toString())))
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}

function readReply(text: string): RawReply {
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? []
  const [, code] = /"code":"([A-Z_]+)"/.exec(text) ?? []
  return { status: status === undefined ? undefined : Number(status), code }
}
