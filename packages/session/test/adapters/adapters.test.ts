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

async function overHttp(listener: RequestListener, use: (ask: Ask) => Promise<void>): Promise<void> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // An address, not a path: the server listens on a port.
  const { port } = server.address() as AddressInfo
  await use((headers) => fetch(`http://127.0.0.1:${port}/me`, { headers })).finally(() => {
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

it('a route that nothing guards finds no session', () => {
  expect(() => ofExpress({})).toThrow(/put requireSession before this route/)
})
