import { createServer } from 'node:http'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mintSession, sharedSecret } from '@trackline/session'
import { requireSession as forExpress, sessionOf as ofExpress } from '@trackline/session/express'
import { requireSession as forFastify, sessionOf as ofFastify } from '@trackline/session/fastify'
import { requireSession as forHono, sessionOf as ofHono } from '@trackline/session/hono'
import { withSession } from '@trackline/session/next'
import express from 'express'
import fastify from 'fastify'
import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'

const secret = 's'.repeat(32)
const preset = sharedSecret({ secret, issuer: 'shop', audience: 'trackline' })
const mint = (more: object = {}) => mintSession({ sub: 'ada', secret, issuer: 'shop', audience: 'trackline', ...more })
type Ask = (headers: Record<string, string>) => Promise<Response> | Response
type Send = (method: string, headers: Record<string, string>) => Promise<Response> | Response

async function expectGuarded(ask: Ask, reached: () => number): Promise<void> {
  const bearer = async (more?: object) => ({ authorization: `Bearer ${await mint(more)}` })
  const good = await ask(await bearer())
  expect([good.status, await good.json()]).toEqual([200, { subject: 'ada' }])
  for (const [headers, code] of [
    [{}, 'SESSION_MISSING'],
    [await bearer({ audience: 'other' }), 'SESSION_INVALID'],
    [await bearer({ now: () => new Date('2026-01-01') }), 'SESSION_EXPIRED'],
  ] as const) {
    const refused = await ask(headers)
    const text = await refused.text()
    expect([refused.status, refused.headers.get('www-authenticate'), JSON.parse(text).code]).toEqual([401, 'Bearer', code])
    expect(text).not.toMatch(/audience|trackline|shop/)
  }
  expect(reached()).toBe(1)
}

const cookiePreset = sharedSecret({ secret, issuer: 'shop', audience: 'trackline', cookie: 'sid' })
const guarding = { origins: ['https://app.example.com'] }
const OURS = { origin: 'https://app.example.com', 'content-type': 'application/json', 'x-trackline': '1' }

/** What a browser attaches the session's cookie to, and what of it may change something. */
async function expectForgeriesRefused(send: Send, reached: () => number): Promise<void> {
  const cookie = `sid=${await mint()}`
  const statusOf = async (method: string, headers: Record<string, string>) => {
    const answer = await send(method, { cookie, ...headers })
    const text = await answer.text()
    return answer.status === 403 ? `403 ${JSON.parse(text).code}` : answer.status
  }
  const { origin: _, ...withoutOrigin } = OURS
  for (const headers of [
    {},
    withoutOrigin,
    { ...OURS, origin: 'https://evil.example' },
    { ...OURS, origin: 'https://app.example.com.evil.example' },
    { ...OURS, origin: 'null' },
    { ...OURS, origin: 'http://app.example.com' },
    { ...withoutOrigin, 'sec-fetch-site': 'same-site' },
    { ...withoutOrigin, 'sec-fetch-site': 'none' },
    { ...OURS, 'content-type': 'text/plain' },
    { ...OURS, 'content-type': 'application/x-www-form-urlencoded' },
    { ...OURS, 'content-type': 'application/json-patch' },
    { ...OURS, 'x-trackline': '0' },
  ]) {
    expect(await statusOf('POST', headers), JSON.stringify(headers)).toBe('403 CSRF_REFUSED')
  }
  expect(await statusOf('DELETE', {})).toBe('403 CSRF_REFUSED')
  expect(reached()).toBe(0)
  expect(await statusOf('POST', OURS)).toBe(200)
  expect(await statusOf('POST', { ...withoutOrigin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json; charset=utf-8' })).toBe(200)
  expect(await statusOf('GET', {})).toBe(200)
  // A page of another site cannot send this header unless a preflight allows it.
  const bearer = await send('POST', { authorization: `Bearer ${await mint()}`, 'content-type': 'application/json' })
  expect([bearer.status, reached()]).toEqual([200, 4])
}

async function overHttp(listener: RequestListener, use: (ask: Ask, send: Send) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address, not a path: the server listens on a port.
  const { port } = server.address() as AddressInfo
  const send: Send = (method, headers) => fetch(`http://127.0.0.1:${port}/me`, { method, headers, ...(method === 'POST' && { body: '{}' }) })
  await use((headers) => send('GET', headers), send).finally(() => {
    server.closeAllConnections()
    server.close()
  })
}

describe('only a verified session reaches the route, and nobody else hears why not', () => {
  it('in Express', async () => {
    let reached = 0
    const app = express()
    app.get('/me', forExpress(preset), (request, response) => {
      reached += 1
      response.json({ subject: ofExpress(request).subject })
    })
    await overHttp(app, (ask) => expectGuarded(ask, () => reached))
  })

  it('in Fastify', async () => {
    let reached = 0
    const app = fastify()
    app.get('/me', { onRequest: forFastify(preset) }, (request) => {
      reached += 1
      return { subject: ofFastify(request).subject }
    })
    await app.ready()
    await overHttp((request, response) => app.routing(request, response), (ask) => expectGuarded(ask, () => reached))
    await app.close()
  })

  it('in Hono', async () => {
    let reached = 0
    const app = new Hono()
    app.get('/me', forHono(preset), (context) => {
      reached += 1
      return context.json({ subject: ofHono(context).subject })
    })
    await expectGuarded((headers) => app.request('/me', { headers }), () => reached)
  })

  it('in a route handler of Next.js', async () => {
    let reached = 0
    const GET = withSession(preset, (_request: Request, { subject }) => {
      reached += 1
      return Response.json({ subject })
    })
    await expectGuarded((headers) => GET(new Request('https://app.example.com/me', { headers })), () => reached)
  })
})

describe('where the session comes in a cookie, only a page of ours changes something', () => {
  it('in Express', async () => {
    let reached = 0
    const app = express()
    app.all('/me', forExpress(cookiePreset, guarding), (_request, response) => void response.json({ reached: (reached += 1) }))
    await overHttp(app, (_ask, send) => expectForgeriesRefused(send, () => reached))
  })

  it('in Fastify', async () => {
    let reached = 0
    const app = fastify()
    app.all('/me', { onRequest: forFastify(cookiePreset, guarding) }, () => ({ reached: (reached += 1) }))
    await app.ready()
    await overHttp((request, response) => app.routing(request, response), (_ask, send) => expectForgeriesRefused(send, () => reached))
    await app.close()
  })

  it('in Hono', async () => {
    let reached = 0
    const app = new Hono()
    app.all('/me', forHono(cookiePreset, guarding), (context) => context.json({ reached: (reached += 1) }))
    await expectForgeriesRefused((method, headers) => app.request('/me', { method, headers }), () => reached)
  })

  it('in a route handler of Next.js', async () => {
    let reached = 0
    const handler = withSession(cookiePreset, () => Response.json({ reached: (reached += 1) }), guarding)
    await expectForgeriesRefused((method, headers) => handler(new Request('https://app.example.com/me', { method, headers })), () => reached)
  })

  it('origins are written as browsers write them, or the start says so', () => {
    expect(() => forExpress(cookiePreset, { origins: ['https://app.example.com/'] })).toThrow(/`origins` must be a list of origins/)
  })
})

it('in Express, an error that is no refusal goes to the error handler', async () => {
  const broken = new Error('the clock is broken')
  const guard = forExpress(preset, { now: () => { throw broken } })
  const told: unknown[] = []
  const answers = { status: () => answers, set: () => answers, json: (body: unknown) => told.push(body) }
  await guard({ headers: { authorization: `Bearer ${await mint()}` } }, answers, (error) => told.push(error))
  expect(told).toEqual([broken])
})

it('a route that nothing guards finds no session', () => {
  expect(() => ofExpress({})).toThrow(/put requireSession before this route/)
})
