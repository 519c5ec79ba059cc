import { describe, expect, it } from 'vitest'
import { FETCH_TIMEOUT_MS, fetchKeySet } from '../../src/keys/fetch-key-set.ts'
import { publish, reply, serveKeys } from '../support/serve-keys.ts'
import type { KeyServer } from '../support/serve-keys.ts'

const SHORT_MS = 50
const KIB = 1024

const load = ({ url }: KeyServer, timeoutMs = FETCH_TIMEOUT_MS) => fetchKeySet(new URL(url), fetch, timeoutMs)
const documentOf = (bytes: number) => {
  const frame = JSON.stringify({ keys: [], filler: '' })
  return JSON.stringify({ keys: [], filler: 'x'.repeat(bytes - frame.length) })
}

describe('fetchKeySet', () => {
  it('loads a document of exactly 256 KiB', async () => {
    await using server = await serveKeys([])
    server.answer = reply(200, documentOf(256 * KIB))
    await expect(load(server)).resolves.toMatchObject({ keys: [] })
  })

  it('refuses a document of one byte more', async () => {
    await using server = await serveKeys([])
    server.answer = reply(200, documentOf(256 * KIB + 1))
    await expect(load(server)).rejects.toThrow('the answer is larger than 262144 bytes')
  })

  it('gives up an endless answer without a length while it arrives', async () => {
    await using server = await serveKeys([])
    const closed = new Promise<void>((resolve) => {
      server.answer = (_, response) => {
        response.on('close', resolve)
        const write = () => {
          while (!response.destroyed && response.write('x'.repeat(16 * KIB))) continue
        }
        response.on('drain', write)
        write()
      }
    })
    await expect(load(server)).rejects.toThrow('the answer is larger than 262144 bytes')
    await closed
  })

  it('does not follow a redirect', async () => {
    await using target = await serveKeys([])
    await using server = await serveKeys([])
    server.answer = reply(302, '', { location: target.url })
    await expect(load(server)).rejects.toThrow('expected status 200, got 302')
    expect(target.hits).toBe(0)
  })

  it('gives up a server that does not answer', async () => {
    await using server = await serveKeys([])
    server.answer = () => {}
    await expect(load(server, SHORT_MS)).rejects.toThrow(/could not be loaded: .*timeout/)
  })

  it('gives up a server that stops in the middle of its answer', async () => {
    await using server = await serveKeys([])
    server.answer = (_, response) => response.writeHead(200).write('{"keys":')
    await expect(load(server, SHORT_MS)).rejects.toThrow(/could not be loaded: .*timeout/)
  })

  it('names the address without its query', async () => {
    await using server = await serveKeys([])
    server.answer = reply(404)
    const attempt = fetchKeySet(new URL(`${server.url}?key=CANARY`), fetch, FETCH_TIMEOUT_MS)
    await expect(attempt).rejects.toThrow(`the key set at ${server.url} could not be loaded: expected status 200, got 404`)
  })

  it.each([
    ['text that is not JSON', reply(200, '<html>')],
    ['bytes that are not UTF-8', (_: unknown, response: { end: (bytes: Buffer) => void }) => response.end(Buffer.from([0xff]))],
    ['nothing at all', reply(200)],
  ])('refuses %s', async (_, answer) => {
    await using server = await serveKeys([])
    server.answer = answer
    await expect(load(server)).rejects.toThrow('could not be loaded')
  })

  it('says so when nobody listens', async () => {
    const server = await serveKeys([])
    await server.close()
    await expect(load(server)).rejects.toThrow(/could not be loaded: .*ECONNREFUSED/)
  })

  it('asks once, for a key set, and gives back what was published', async () => {
    await using server = await serveKeys([])
    let accept: string | undefined
    server.answer = (request, response) => {
      accept = request.headers.accept
      publish([{ kty: 'RSA' }])(request, response)
    }
    await expect(load(server)).resolves.toEqual({ keys: [{ kty: 'RSA' }] })
    expect({ accept, hits: server.hits }).toEqual({ accept: 'application/jwk-set+json, application/json', hits: 1 })
  })
})
