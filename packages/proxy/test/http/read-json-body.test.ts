import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { readJsonBody } from '../../src/http/read-json-body.ts'

const BODY = '{"event":"login"}'
const HEAD = `POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`

/** A request of Node's own, as far as it was sent, and the connection that it came by. */
async function requestOf(sent: string): Promise<{ request: IncomingMessage; client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1') // It listens on a port.
  onTestFinished(() => {
    client.destroy()
    server.close()
  })
  client.on('error', () => undefined)
  client.write(sent)
  const [request] = await once(server, 'request')
  await setImmediate()
  return { request, client }
}

it('a body that has come whole is there at once', async () => {
  const { request } = await requestOf(HEAD + BODY)
  expect(readJsonBody(request)).toEqual({ event: 'login' })
})

it('one that comes in two pieces is waited for', async () => {
  const { request, client } = await requestOf(HEAD + BODY.slice(0, 5))
  const reading = readJsonBody(request)
  expect(reading).toBeInstanceOf(Promise)
  client.write(BODY.slice(5))
  expect(await reading).toEqual({ event: 'login' })
})

it('one whose sender has gone is waited for no longer, whether they went before or meanwhile', async () => {
  const before = await requestOf(HEAD + BODY.slice(0, 5))
  before.client.destroy()
  await new Promise((resolve) => before.request.once('close', resolve))
  expect(() => readJsonBody(before.request)).toThrow('the body ended before its end')
  const meanwhile = await requestOf(HEAD + BODY.slice(0, 5))
  const reading = readJsonBody(meanwhile.request)
  meanwhile.client.destroy()
  await expect(reading).rejects.toThrow('the body ended before its end')
})

it('a byte order mark is taken off', async () => {
  const marked = `\uFEFF${BODY}`
  const { request } = await requestOf(HEAD.replace(`${BODY.length}`, `${Buffer.byteLength(marked)}`) + marked)
  expect(readJsonBody(request)).toEqual({ event: 'login' })
})
