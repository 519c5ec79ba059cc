import { once } from 'node:events'
import { connect } from 'node:net'

/** A keep-alive connection that sends one request after the other, for load: nothing but what HTTP/1.1 needs. */
export interface Connection {
  /** Posts JSON and gives back the status, once the whole answer is there. Rejects when the connection ends before. */
  post(path: string, headers: Record<string, string>, body: string): Promise<number>
  /** False once the server has closed it, as servers do with what is idle for some seconds. */
  isOpen(): boolean
  close(): void
}

const END_OF_HEAD = '\r\n\r\n'

/** As much CPU as `node:http` takes for a request is several times what this takes; on two cores it would be taken from the server. */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true }).setEncoding('latin1')
  await once(socket, 'connect')
  let received = ''
  let waiting: PromiseWithResolvers<number> | undefined
  socket.on('data', (chunk) => {
    received += chunk
    const status = statusOf(received)
    if (status === undefined) return
    received = ''
    waiting?.resolve(status)
  })
  socket.on('error', (error) => waiting?.reject(error))
  socket.on('close', () => waiting?.reject(new Error('the connection was closed before the answer')))
  return {
    post(path, headers, body) {
      if (socket.destroyed) return Promise.reject(new Error('the connection was closed before the request'))
      waiting = Promise.withResolvers()
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')
      socket.write(`POST ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${lines}\r\n${body}`)
      return waiting.promise
    },
    isOpen: () => !socket.destroyed,
    close: () => socket.destroy(),
  }
}

/** Undefined while there is more to come. An answer that does not say its length is not one that we can count. */
function statusOf(received: string): number | undefined {
  const end = received.indexOf(END_OF_HEAD)
  if (end < 0) return undefined
  const head = received.slice(0, end)
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer without content-length: ${head}`)
  return received.length - end - END_OF_HEAD.length < Number(length) ? undefined : Number(head.slice(9, 12))
}
