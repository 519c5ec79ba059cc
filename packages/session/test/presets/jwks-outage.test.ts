import { describe, expect, it } from 'vitest'
import { jwks, publicKey, verifySession } from '../../src/index.ts'
import { forgeToken, goodClaims, withHeader } from '../support/forge-token.ts'
import { after, ISSUER, NOW_SECONDS } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { publish, reply, serveKeys } from '../support/serve-keys.ts'
import type { KeyServer } from '../support/serve-keys.ts'
import { ecSigner } from '../support/signers.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 24 * HOUR

const first = ecSigner('first')
const second = ecSigner('second')

/** A token that is good for the whole of these tests. */
const longLived = (signer: typeof first) => forgeToken(signer, { payload: { ...goodClaims(), exp: NOW_SECONDS + 30 * DAY } })
const firstToken = longLived(first)
const secondToken = longLived(second)

const presetOf = ({ url }: KeyServer) => jwks({ url, issuer: ISSUER })

describe('jwks while the provider answers', () => {
  it('loads the keys once for a crowd of first tokens', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await Promise.all(Array.from({ length: 50 }, () => verifySession(firstToken, preset, { now: after(0) })))
    expect(server.hits).toBe(1)
  })

  it('uses the keys for 10 minutes without asking again, then refreshes once behind the answer', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    await verifySession(firstToken, preset, { now: after(10 * MINUTE) })
    expect(server.hits).toBe(1)
    for (const late of [1, 2, 3]) await verifySession(firstToken, preset, { now: after(10 * MINUTE + late) })
    await expect.poll(() => server.hits).toBe(2)
  })

  it('does not make a token wait for the refresh of a stale set', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = () => {}
    await expect(verifySession(firstToken, preset, { now: after(11 * MINUTE) })).resolves.toMatchObject({ subject: 'ada' })
    await expect.poll(() => server.hits).toBe(2)
  })

  it('accepts a rotated key once 30 s have passed since the last load, and refuses it before', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = publish([first.publicJwk, second.publicJwk])
    const early = await refusalOf(verifySession(secondToken, preset, { now: after(29) }))
    expect(early).toMatchObject({ code: 'SESSION_INVALID', reason: 'unknown_kid', retryAfterSeconds: 1 })
    await expect(verifySession(secondToken, preset, { now: after(30) })).resolves.toMatchObject({ subject: 'ada' })
    expect(server.hits).toBe(2)
  })

  it('says when a key that is not known may be asked for, and nothing once it was', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    const waits = async (seconds: number) => (await refusalOf(verifySession(secondToken, preset, { now: after(seconds) }))).retryAfterSeconds
    expect([await waits(0), await waits(0.2), await waits(29.9), await waits(30)]).toEqual([undefined, 30, 1, undefined])
    server.answer = reply(503)
    expect([await waits(60), await waits(61), await waits(90), await waits(91)]).toEqual([30, 29, 60, 59])
  })

  it('says so also beside a preset of the same issuer that has no such key at all', async () => {
    await using server = await serveKeys([first.publicJwk])
    const presets = [publicKey({ jwk: first.publicJwk, issuer: ISSUER }), presetOf(server)]
    await verifySession(firstToken, presets[1] ?? expect.fail(), { now: after(0) })
    expect(await refusalOf(verifySession(secondToken, presets, { now: after(10) }))).toMatchObject({ code: 'SESSION_INVALID', retryAfterSeconds: 20 })
  })

  it('bad token 87: a key that the provider took back is refused from the next load on', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = publish([second.publicJwk])
    await verifySession(secondToken, preset, { now: after(31) })
    expect((await refusalOf(verifySession(firstToken, preset, { now: after(32) }))).reason).toBe('unknown_kid')
  })

  it('a flood of 500 unknown kids causes at most one load per 30 s', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    const flood = (seconds: number) =>
      Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          refusalOf(verifySession(withHeader(first, { kid: `${seconds}-${index}` }), preset, { now: after(seconds) })),
        ),
      )
    const refusals = [...(await flood(0)), ...(await flood(29))]
    expect(server.hits).toBe(1)
    await flood(31)
    expect(server.hits).toBe(2)
    expect(new Set(refusals.map(({ reason }) => reason))).toEqual(new Set(['unknown_kid']))
  })

  it('goes on loading after the clock was set back a day', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    const token = forgeToken(second, { payload: { ...goodClaims(), iat: undefined, exp: NOW_SECONDS + DAY } })
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = publish([second.publicJwk])
    await expect(verifySession(token, preset, { now: after(-DAY) })).resolves.toMatchObject({ subject: 'ada' })
  })
})

describe('jwks while the provider is down', () => {
  it('bad token 88: keys stay good for 24 hours of outage, then the answer is keys unavailable', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = reply(500)
    for (const hour of [1, 12, 24]) {
      await expect(verifySession(firstToken, preset, { now: after(hour * HOUR) })).resolves.toMatchObject({ subject: 'ada' })
    }
    const refusal = await refusalOf(verifySession(firstToken, preset, { now: after(24 * HOUR + 1) }))
    expect(refusal).toMatchObject({ code: 'SESSION_KEYS_UNAVAILABLE', reason: 'keys_unavailable' })
    server.answer = publish([first.publicJwk])
    await expect(verifySession(firstToken, preset, { now: after(25 * HOUR) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('200 tokens after the soft life cause one request, and all are accepted', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = reply(500)
    await Promise.all(Array.from({ length: 200 }, () => verifySession(firstToken, preset, { now: after(11 * MINUTE) })))
    await expect.poll(() => server.hits).toBe(2)
  })

  it('says that keys are unavailable, and why, when none was ever loaded', async () => {
    await using server = await serveKeys([])
    server.answer = reply(503)
    const refusal = await refusalOf(verifySession(firstToken, presetOf(server), { now: after(0) }))
    expect(refusal.code).toBe('SESSION_KEYS_UNAVAILABLE')
    expect(String(refusal.cause)).toContain(`the key set at ${server.url} could not be loaded: expected status 200, got 503`)
  })

  it('backs off: further requests leave after 30 s, 1 min, 2 min, 4 min, then every 5 min', async () => {
    await using server = await serveKeys([])
    server.answer = reply(500)
    const preset = presetOf(server)
    const moments: number[] = []
    for (let second = 0; second <= 20 * MINUTE; second += 5) {
      const before = server.hits
      await refusalOf(verifySession(firstToken, preset, { now: after(second) }))
      if (server.hits > before) moments.push(second)
    }
    expect(moments).toEqual([0, 30, 90, 210, 450, 750, 1050])
  })

  it('is back at one load per 30 s after the provider has recovered', async () => {
    await using server = await serveKeys([])
    server.answer = reply(500)
    const preset = presetOf(server)
    for (const second of [0, 30, 90]) await refusalOf(verifySession(firstToken, preset, { now: after(second) }))
    server.answer = publish([first.publicJwk])
    await verifySession(firstToken, preset, { now: after(210) })
    server.answer = publish([first.publicJwk, second.publicJwk])
    await expect(verifySession(secondToken, preset, { now: after(240) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('keeps the last good keys when the provider publishes a set without any usable key', async () => {
    await using server = await serveKeys([first.publicJwk])
    const preset = presetOf(server)
    await verifySession(firstToken, preset, { now: after(0) })
    server.answer = publish([])
    await refusalOf(verifySession(secondToken, preset, { now: after(31) }))
    expect(server.hits).toBe(2)
    await expect(verifySession(firstToken, preset, { now: after(32) })).resolves.toMatchObject({ subject: 'ada' })
  })
})
