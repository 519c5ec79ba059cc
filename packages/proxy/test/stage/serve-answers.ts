import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** An answer that the emulator would never give. `cut`: the connection is closed instead; `never`: nothing comes. */
export type Served = { status: number; body?: string; headers?: Record<string, string> } | 'cut' | 'never'

export interface AskedFor {
  method: string
  path: string
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** A real HTTP server on loopback that answers as told; gives its address and what it was asked for. Closed with the test. */
export async function serveAnswers(
  answer: (asked: AskedFor, calls: number) => Served,
): Promise<{ url: string; asked: AskedFor[] }> {
  const asked: AskedFor[] = []
  const server = createServer(async (request, response) => {
    const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: await text(request) }
    const served = answer(call, asked.push(call))
    if (served === 'cut') request.socket.destroy()
    else if (served !== 'never')
      response.writeHead(served.status, { 'content-type': 'application/json', ...served.headers }).end(served.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo // It listens on a port, not on a path.
  return { url: `http://127.0.0.1:${port}`, asked }
}
