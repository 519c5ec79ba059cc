import { createServer, request as sendRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { readSessionToken, SessionError, sharedSecret } from '../../src/index.ts'
import type { SessionInput } from '../../src/index.ts'

const bearerOnly = sharedSecret({ secret: 's'.repeat(32) })
const withCookie = sharedSecret({ secret: 's'.repeat(32), cookie: 'session' })
const read = (input: SessionInput) => readSessionToken(input, withCookie)
const headers = (headers: Record<string, string | string[] | undefined>) => ({ headers })

/** What a real Node server sees of these raw headers, read while the request is open. */
async function throughNode(rawHeaders: string[], reading: (request: IncomingMessage) => unknown): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const server = createServer((request, response) => {
    try {
      resolve(reading(request))
    } catch (error) {
      reject(error)
    }
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  // An address, not a path: the server listens on a port.
  const { port } = server.address() as AddressInfo
  sendRequest({ port, host: '127.0.0.1', headers: ['host', 'localhost', ...rawHeaders] }).end()
  return promise.finally(() => server.close())
}

describe('readSessionToken', () => {
  it.each<[string, SessionInput]>([
    ['a Fetch request', new Request('https://example.com', { headers: { authorization: 'Bearer abc' } })],
    ['a plain object', headers({ authorization: 'Bearer abc' })],
    ['a header name in capitals', headers({ Authorization: 'Bearer abc' })],
    ['a scheme in lower case', headers({ authorization: 'bearer abc' })],
    ['several blanks', headers({ authorization: 'Bearer   abc' })],
    ['a header in a list', headers({ authorization: ['Bearer abc'] })],
    ['a cookie as well', headers({ authorization: 'Bearer abc', cookie: 'session=def' })],
  ])('reads the Bearer token of %s', (_, input) => {
    expect(read(input)).toEqual({ token: 'abc', from: 'authorization' })
  })

  it.each<[string, SessionInput]>([
    ['a Fetch request', new Request('https://example.com', { headers: { cookie: 'session=abc' } })],
    ['several cookies', headers({ cookie: 'a=b;session=abc; c=d' })],
    ['several cookie headers', headers({ cookie: ['a=b', 'session=abc'] })],
    ['a request with Basic authentication', headers({ authorization: 'Basic YTpi', cookie: 'session=abc' })],
    ['a request with an empty Authorization header', headers({ authorization: '', cookie: 'session=abc' })],
    ['cookies with names that begin alike', headers({ cookie: 'session2=x; xsession=y; session=abc' })],
  ])('reads the cookie of %s', (_, input) => {
    expect(read(input)).toEqual({ token: 'abc', from: 'cookie', cookie: 'session' })
  })

  it.each<[string, SessionInput, string]>([
    ['no headers', headers({}), 'no_token'],
    ['an undefined header', headers({ authorization: undefined }), 'no_token'],
    ['the scheme alone', headers({ authorization: 'Bearer' }), 'no_token'],
    ['the scheme alone and a good cookie', headers({ authorization: 'Bearer ', cookie: 'session=abc' }), 'no_token'],
    ['an empty cookie', headers({ cookie: 'session=' }), 'no_token'],
    ['a cookie without value', headers({ cookie: 'session' }), 'no_token'],
    ['another scheme', headers({ authorization: 'Basic YTpi' }), 'wrong_scheme'],
    ['a scheme that begins alike', headers({ authorization: 'BearerX abc' }), 'wrong_scheme'],
  ])('says SESSION_MISSING for %s', (_, input, reason) => {
    expect(() => read(input)).toThrow(expect.objectContaining({ code: 'SESSION_MISSING', reason }))
  })

  it.each<[string, SessionInput]>([
    ['two Authorization headers that Fetch has joined', headers({ authorization: 'Bearer abc, Bearer def' })],
    ['two Authorization headers in two spellings', headers({ authorization: 'Bearer abc', Authorization: 'Bearer abc' })],
    ['two cookies of the name', headers({ cookie: 'session=abc; session=def' })],
    ['two cookies of the name with one value', headers({ cookie: 'session=abc; session=abc' })],
  ])('refuses %s', (_, input) => {
    expect(() => read(input)).toThrow(expect.objectContaining({ code: 'SESSION_INVALID', reason: 'several_tokens' }))
  })

  it('reads no cookie when no preset names one', () => {
    expect(() => readSessionToken(headers({ cookie: 'session=abc' }), bearerOnly)).toThrow(SessionError)
  })

  it('reads a request of a Node server', async () => {
    expect(await throughNode(['authorization', 'Bearer abc'], read)).toEqual({ token: 'abc', from: 'authorization' })
    expect(await throughNode(['cookie', 'session=abc'], read)).toEqual({ token: 'abc', from: 'cookie', cookie: 'session' })
  })

  it('refuses two Authorization headers of which a Node server shows one', async () => {
    const twice = ['authorization', 'Bearer abc', 'authorization', 'Bearer def']
    expect(await throughNode(twice, (request) => request.headers.authorization)).toBe('Bearer abc')
    await expect(throughNode(twice, read)).rejects.toMatchObject({ reason: 'several_tokens' })
  })

  it('takes text as the token itself, with nothing cut off', () => {
    expect(read(' abc ')).toEqual({ token: ' abc ', from: 'argument' })
  })

  it.each([[undefined], [null], ['']])('says SESSION_MISSING for %s', (input) => {
    // A caller without types passes an absent cookie on.
    expect(() => read(input as never)).toThrow(expect.objectContaining({ reason: 'no_token' }))
  })
})
