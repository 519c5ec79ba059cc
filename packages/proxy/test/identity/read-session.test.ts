import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { sharedSecret } from '@trackline/session'
import { describe, expect, it } from 'vitest'
import { createSessionReader } from '../../src/identity/read-session.ts'

const START = Date.UTC(2026, 10, 22, 9)
const secret = 'a secret of at least thirty-two bytes'
const main = { name: 'main', session: [sharedSecret({ secret, audience: 'main' })] }
const shop = { name: 'shop', session: [sharedSecret({ secret, audience: 'shop', cookie: 'sid' })] }

/** A request as Node reads one, with this header. */
function requestWith(name: string, value: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.rawHeaders = [name, value]
  request.headers[name] = value
  return request
}

const bearing = (token: string) => requestWith('authorization', `Bearer ${token}`)

async function stage() {
  const clock = { ms: START }
  const now = () => new Date(clock.ms)
  const token = (await main.session[0]?.mint?.({ sub: 'ada', ttl: '5m', now })) ?? ''
  return { clock, token, read: createSessionReader({ now }).read, request: bearing(token) }
}

describe('a token that was verified before', () => {
  it('is not believed after it has expired', async () => {
    const { clock, read, request } = await stage()
    expect((await read(request, main)).session.subject).toBe('ada')
    clock.ms += 10 * 60_000
    await expect(read(request, main)).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
  })

  it('is not believed by another site', async () => {
    const { read, request } = await stage()
    await read(request, main)
    await expect(read(request, shop)).rejects.toMatchObject({ code: 'SESSION_INVALID' })
  })

  it('is not believed with anything added to it', async () => {
    const { read, token, request } = await stage()
    await read(request, main)
    for (const changed of [`${token}=`, `${token}A`, `${token} `, token.slice(0, -1)]) {
      if (changed.trim() !== token) await expect(read(bearing(changed), main)).rejects.toMatchObject({ code: 'SESSION_INVALID' })
    }
  })
})

describe('where a token came from', () => {
  it("is told, since a cookie may have been sent by another site's page", async () => {
    const { read } = await stage()
    const token = (await shop.session[0]?.mint?.({ sub: 'ada', now: () => new Date(START) })) ?? ''
    expect((await read(requestWith('cookie', `sid=${token}`), shop)).cameInCookie).toBe(true)
    expect((await read(bearing(token), shop)).cameInCookie).toBe(false)
  })

  it('the precise reason of a refusal is kept for the log', async () => {
    const { read, request } = await stage()
    await expect(read(request, shop)).rejects.toMatchObject({
      message: 'the session token cannot be trusted',
      cause: { message: expect.stringMatching(/audience/) },
    })
  })
})
