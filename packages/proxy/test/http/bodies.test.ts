import { gzipSync } from 'node:zlib'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { MAX_BATCH_EVENTS, MAX_BODY_BYTES } from '@trackline/shared'
import { afterAll, describe, expect, it } from 'vitest'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'

const stack = await startStack({ isConnected: false })
afterAll(stack.close)

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const batchOf = (events: number) => ({ batch: Array.from({ length: events }, () => LOGIN) })
/** JSON inside JSON inside JSON …, as far as a body may be long. */
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)

/** Sends, and checks that nothing of it was stored or counted. */
async function postStoringNothing(path: string, body: string, headers: Record<string, string> = {}) {
  const before = await stack.audit()
  const reply = await stack.post(path, body, { headers })
  expect(await stack.audit()).toEqual(before)
  return reply
}

describe('a body that cannot be read', () => {
  it.each([
    ['not JSON', '{"batch": [', /not JSON/],
    ['text', 'login', /not JSON/],
    ['empty', '', /empty/],
    ['blank', '  ', /not JSON/],
    ['an array', '[]', /must be a JSON object/],
    ['null', 'null', /must be a JSON object/],
    ['a number', '7', /must be a JSON object/],
    ['JSON with a comment', '{"batch": [] /* none */}', /not JSON/],
    ['JSON with something after it', '{"batch": []} {}', /not JSON/],
    ['a key that would reach the prototype', '{"__proto__": {"batch": []}, "batch": []}', /not JSON/],
    ["a key that would reach the constructor's prototype", '{"batch": [], "x": {"constructor": {"prototype": {}}}}', /not JSON/],
    ['an escaped key that would reach the prototype', '{"\\u005f_proto__": {}, "batch": []}', /not JSON/],
  ])('%s is BODY_INVALID', async (_, body, names) => {
    for (const path of ['/v1/batch', '/v1/track', '/v1/b', '/v1/t'])
      expectProblem(await postStoringNothing(path, body), 'BODY_INVALID', names)
  })

  it.each([
    ['no batch', '{}', /"batch" must be an array/],
    ['a batch that is an object', '{"batch": {}}', /"batch" must be an array/],
    ['a batch of nothing', '{"batch": []}', /"batch" is empty/],
    ['a batch that is null', '{"batch": null}', /"batch" must be an array/],
  ])('%s is BODY_INVALID', async (_, body, names) => {
    expectProblem(await postStoringNothing('/v1/batch', body), 'BODY_INVALID', names)
  })

  it('one without a Content-Type is not guessed at', async () => {
    const authorization = `Bearer ${await stack.mint()}`
    const reply = await stack.send('/v1/track', {
      method: 'POST',
      headers: { authorization },
      body: new Blob([JSON.stringify(LOGIN)]),
    })
    expectProblem(reply, 'CONTENT_TYPE_UNSUPPORTED')
  })

  it('no body at all is BODY_INVALID', async () => {
    const authorization = `Bearer ${await stack.mint()}`
    expectProblem(
      await stack.send('/v1/track', { method: 'POST', headers: { authorization } }),
      'BODY_INVALID',
      /must be a JSON object/,
    )
  })

  it('one that is shorter than it says is REQUEST_INVALID or cut off, never stored', async () => {
    const before = await stack.audit()
    const { hostname, port } = new URL(stack.server.url)
    const socket = connect(Number(port), hostname)
    socket.end(
      [
        'POST /v1/track HTTP/1.1',
        'host: x',
        'connection: close',
        `authorization: Bearer ${await stack.mint()}`,
        'content-type: application/json',
        'content-length: 500',
        '',
        '{"event":"login"',
      ].join('\r\n'),
    )
    expect(await text(socket)).not.toMatch(/ 202 /)
    expect(await stack.audit()).toEqual(before)
  })
})

describe('a body that is too large', () => {
  it('more bytes than are taken is BODY_TOO_LARGE, and names the bound', async () => {
    const body = JSON.stringify({ ...LOGIN, extraData: 'x'.repeat(MAX_BODY_BYTES) })
    expectProblem(await postStoringNothing('/v1/track', body), 'BODY_TOO_LARGE', new RegExp(`more than ${MAX_BODY_BYTES} bytes`))
  })

  it('one that does not say how long it is is cut off at the bound', async () => {
    const authorization = `Bearer ${await stack.mint()}`
    const stream = new ReadableStream({ pull: (controller) => controller.enqueue(new TextEncoder().encode(' '.repeat(16_384))) })
    const init = { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: stream, duplex: 'half' }
    const reply = await stack.send('/v1/track', init).catch(() => undefined)
    // The connection may be closed before the client has read the answer; a 202 is what must not be.
    if (reply) expectProblem(reply, 'BODY_TOO_LARGE')
  })

  it('more events than are taken is BATCH_TOO_LARGE, and names both numbers', async () => {
    const reply = await postStoringNothing(
      '/v1/batch',
      JSON.stringify({ batch: Array.from({ length: MAX_BATCH_EVENTS + 1 }, () => ({})) }),
    )
    expectProblem(reply, 'BATCH_TOO_LARGE', `the batch has ${MAX_BATCH_EVENTS + 1} events; at most ${MAX_BATCH_EVENTS} are taken`)
  })

  it('as many events as are taken are stored', async () => {
    expect((await stack.post('/v1/batch', batchOf(MAX_BATCH_EVENTS))).json.results).toHaveLength(MAX_BATCH_EVENTS)
  })
})

describe('a body that is nested deep', () => {
  it('130,000 arrays are refused, and the next request is answered', async () => {
    expectProblem(await postStoringNothing('/v1/track', nested(130_000)), 'BODY_TOO_LARGE')
    expectProblem(
      await stack.post('/v1/batch', `{"batch":${nested(32_000)}}`),
      'MESSAGE_INVALID',
      'a message must be an object: got an array',
    )
  })

  it.each(['extraData', 'properties', 'context', 'traits'])('as deep as fits into %s, it is answered', async (member) => {
    const { status } = await stack.post(
      '/v1/track',
      `{"event":"login","properties":{"method":"sso"},"${member}":${nested(32_000)}}`,
    )
    expect(status).toBe(member === 'extraData' || member === 'properties' ? 422 : 202)
  })
})

describe('a body of another kind', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
    'application/jsonp',
    'text/plain; application/json',
  ])('%s, which a page could send anywhere without asking, is CONTENT_TYPE_UNSUPPORTED', async (contentType) => {
    expectProblem(
      await postStoringNothing('/v1/track', JSON.stringify(LOGIN), { 'content-type': contentType }),
      'CONTENT_TYPE_UNSUPPORTED',
      contentType,
    )
  })

  it('a compressed body is refused, and said to be', async () => {
    const authorization = `Bearer ${await stack.mint()}`
    const headers = { authorization, 'content-type': 'application/json', 'content-encoding': 'gzip' }
    const reply = await stack.send('/v1/track', { method: 'POST', headers, body: gzipSync(JSON.stringify(LOGIN)) })
    expectProblem(reply, 'CONTENT_TYPE_UNSUPPORTED', 'compressed bodies are not taken')
  })

  it('JSON with a charset is JSON', async () => {
    expect(
      (await stack.post('/v1/track', LOGIN, { headers: { 'content-type': 'application/json; charset=utf-8' } })).status,
    ).toBe(202)
  })
})
