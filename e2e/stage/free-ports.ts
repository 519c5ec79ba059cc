import { createServer } from 'node:net'

/** Below the range from which systems take ports for outgoing connections: nobody grabs one in between. */
const FIRST_PORT = 20_000
const PORTS = 10_000

let next = FIRST_PORT + ((process.pid * 97) % PORTS)

/** Finds `count` neighbouring ports of 127.0.0.1 that nobody listens on, and gives the first. */
export async function findFreePorts(count = 1): Promise<number> {
  for (let attempt = 0; attempt < PORTS; attempt++) {
    const first = next
    next = next + count >= FIRST_PORT + PORTS ? FIRST_PORT : next + count
    const isFree = await Promise.all(Array.from({ length: count }, (_, index) => isPortFree(first + index)))
    if (isFree.every(Boolean)) return first
  }
  throw new Error(`no ${count} neighbouring ports are free between ${FIRST_PORT} and ${FIRST_PORT + PORTS}`)
}

async function isPortFree(port: number): Promise<boolean> {
  const server = createServer()
  const { promise, resolve } = Promise.withResolvers<boolean>()
  server.once('error', () => resolve(false))
  server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  return promise
}
