import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const HEAD = 'GET /healthz HTTP/1.1\r\nHost: t\r\n'

it('a request that had begun when the service was stopped is answered as ever, and is the last on its connection', async () => {
  const stack = await startStack({ isConnected: false })
  const { hostname, port } = new URL(stack.server.url)
  const socket = connect(Number(port), hostname)
  // Once the first is answered, the beginning of the second has been read too: they were sent together.
  socket.write(`${HEAD}\r\n${HEAD}`)
  await once(socket, 'readable')
  const stopped = stack.close()
  await until('nobody listens', () => stack.send('/healthz').then(() => false, () => true))
  socket.write('\r\n')
  const [, , last] = (await text(socket)).split('HTTP/1.1 ')
  await stopped
  expect(last).toMatch(/^200 OK\r\n(.+\r\n)*connection: close\r\n(.+\r\n)*\r\n\{"status":"ok"\}$/i)
})
