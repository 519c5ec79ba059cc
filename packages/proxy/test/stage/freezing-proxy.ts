import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { Transform } from 'node:stream'

export interface FreezingProxy {
  port: number
  /** From now on nothing passes, and nobody is told: connections stay open, new ones are taken and not answered. */
  freeze(): void
  /** The same, once a client has sent this. */
  freezeWhenSent(text: string): void
  /** From now on what the server says arrives so much later. */
  slow(delayMs: number): void
  /** New connections pass again; those that were frozen never do. */
  thaw(): void
  /** Ends every connection; new ones pass. */
  cut(): void
  close(): Promise<void>
}

/** Stands between a client and a server of this machine, and behaves like a network that loses everything. */
export async function openFreezingProxy(serverPort: number): Promise<FreezingProxy> {
  const sockets = new Set<Socket>()
  let isFrozen = false
  let delayMs = 0
  let awaited: string | undefined

  const keep = (socket: Socket) => {
    sockets.add(socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket)))
    return socket
  }
  const proxy = createServer((client) => {
    keep(client)
    if (isFrozen) return void client.pause()
    const server = keep(connect(serverPort, '127.0.0.1'))
    client.pipe(server)
    server.pipe(late()).pipe(client)
    client.on('data', (sent: Buffer) => awaited !== undefined && sent.includes(awaited) && freeze())
  })
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')

  const late = () =>
    new Transform({
      transform(said: Buffer, _, next) {
        setTimeout(() => this.push(said), delayMs)
        next()
      },
      flush: (done) => void setTimeout(done, delayMs),
    })

  function freeze(): void {
    isFrozen = true
    for (const socket of sockets) socket.unpipe().pause()
  }

  return {
    // A server that listens on a port has an address with one.
    port: (proxy.address() as AddressInfo).port,
    freeze,
    slow: (ms) => void (delayMs = ms),
    freezeWhenSent: (text) => void (awaited = text),
    thaw: () => void (isFrozen = false),
    cut,
    async close() {
      cut()
      proxy.close()
      await once(proxy, 'close')
    },
  }
}
