import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

/** Sends a request, and the beginning of another, on one connection; the service is stopped; then the rest follows. Gives the last answer. */
async function answerWhileClosing(path: string): Promise<string | undefined> {
  const head = `GET ${path} HTTP/1.1\r\nHost: t\r\n`
  const stack = await startStack({ isConnected: false })
  const { hostname, port } = new URL(stack.server.url)
  const socket = connect(Number(port), hostname)
  // Once the first is answered, the beginning of the second has been read too: they were sent together.
  socket.write(`${head}\r\n${head}`)
  await once(socket, 'readable')
  const stopped = stack.close()
  await until('nobody listens', () => stack.send('/healthz').then(() => false, () => true))
  socket.write('\r\n')
  const [, first, last] = (await text(socket)).split('HTTP/1.1 ')
  await stopped
  expect(first).toMatch(/^200 OK/)
  return last
}

it('a request that had begun when the service was stopped is answered as ever, and is the last on its connection', async () => {
  expect(await answerWhileClosing('/healthz')).toMatch(/^200 OK\r\n(.+\r\n)*connection: close\r\n(.+\r\n)*\r\n\{"status":"ok"\}$/i)
})

it('a service that is stopped logs when it began to stop, and whether it had done all', async () => {
  const stack = await startStack({ isConnected: false })
  await stack.close()
  const lines: { msg: string }[] = stack.logged().trim().split('\n').map((line) => JSON.parse(line))
  expect(lines.filter(({ msg }) => msg.startsWith('service.'))).toMatchObject([
    { msg: 'service.starting' },
    { msg: 'service.stopping' },
    { msg: 'service.stopped', level: 30, isComplete: true },
  ])
})

it('a service that is being stopped is not ready any more, on a connection that is still open too', async () => {
  expect(await answerWhileClosing('/readyz')).toMatch(/^503 Service Unavailable\r\n(.+\r\n)*\r\n\{"status":"closing"\}$/i)
})
