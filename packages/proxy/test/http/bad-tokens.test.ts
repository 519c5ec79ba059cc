import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ERRORS } from '../../src/errors.ts'
import { claim, lookup } from '../../src/identity/email-source.ts'
import { lightFetch } from '../../src/light-fetch.ts'
import { EVERY_BAD_TOKEN } from '../../../session/test/bad-tokens/ways/every.ts'
import { forgeToken } from '../../../session/test/support/forge-token.ts'
import { NOW } from '../../../session/test/support/moment.ts'
import { openProvider, PROVIDERS } from '../../../session/test/support/providers.ts'
import { keySetStages, STAGES } from '../../../session/test/support/stages.ts'
import { areCarried, headerLinesOf } from '../stage/header-lines.ts'
import type { HeaderLine } from '../stage/header-lines.ts'
import { sendBytes } from '../stage/send-bytes.ts'
import { PORTAL, startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const body = JSON.stringify({ event: 'login', properties: { method: 'sso' } })
/** The proxy knows one when it sees one. */
const isServerKey = (lines: readonly HeaderLine[]) => lines.some(([, value]) => value.startsWith('Bearer tl_'))
/** What HTTP itself refuses, before anybody reads a token. */
const REFUSED_BY_HTTP = [400, 431]

/** A line end inside a header is two headers, and the first may be good: no token that holds one can arrive. */
const isOneRequest = ({ lines }: { lines: readonly HeaderLine[] }) => lines.every(([, value]) => !value.includes('\r\n'))

const keySets = await keySetStages()
const providers = await Promise.all(PROVIDERS.map(openProvider))
const stages = [...STAGES, ...keySets.stages, ...providers].map((stage, index) => ({
  ...stage,
  site: `site-${index}`,
  origin: `https://site-${index}.example.com`,
  badTokens: EVERY_BAD_TOKEN.filter(({ on = () => true }) => on(stage)).map((bad) => ({ ...bad, lines: headerLinesOf(bad.make(stage)) })).filter(isOneRequest),
}))
const all = stages.flatMap(({ badTokens }) => badTokens)

/** The clock stands still, so that each token is wrong by as much as it says. Delivery needs one that goes on. */
const time = { sinceMs: 0 }
/** How often anybody was asked for anything. */
const asked = { hubSpot: 0, lookups: 0, others: 0 }
let stack: Stack

beforeAll(async () => {
  const email = [claim('email'), lookup(() => (asked.lookups++, 'ada@example.com'))]
  const world = { now: () => new Date(NOW.getTime() + time.sinceMs), fetch: counting('others', fetch), fetchHubSpot: counting('hubSpot', lightFetch) }
  const sites = Object.fromEntries(stages.map(({ site, origin, preset }) => [site, { origins: [origin], session: preset, portal: PORTAL, email }]))
  stack = await startStack({ config: { sites }, world })
})
afterAll(async () => {
  await stack.close()
  await keySets.server.close()
  await Promise.all(providers.map((stage) => stage[Symbol.asyncDispose]()))
})

function counting<Question extends unknown[], Answer>(what: keyof typeof asked, call: (...question: Question) => Answer) {
  return (...question: Question): Answer => {
    asked[what] += 1
    return call(...question)
  }
}

async function untilDelivered(events: number): Promise<void> {
  await until(`${events} events are delivered`, async () => {
    time.sinceMs += 1_000
    return (await stack.audit()).delivered === events
  })
  time.sinceMs = 0
}

async function seen(hits: (() => number) | undefined) {
  return { ...asked, keys: hits?.(), outbox: await stack.audit() }
}

describe('every bad token, sent to a running proxy whose sites have every kind of session', () => {
  it('is a list of more than 3,600', () => {
    expect(all.length).toBeGreaterThan(3_600)
    expect(all.filter(({ lines }) => areCarried(lines)).length / all.length).toBeGreaterThan(0.95)
  })

  it('each site accepts its good token, and HubSpot gets the event', async () => {
    for (const { origin, signer } of stages) {
      const reply = await sendBytes(stack.server.url, { origin, body, lines: headerLinesOf(forgeToken(signer)) })
      expect(reply, origin).toMatchObject({ status: 202 })
    }
    await untilDelivered(stages.length)
  })

  for (const { name, badTokens, origin, hits } of stages) {
    describe(name, () => {
      it.each(badTokens)('bad token $number ($name): no row, no look-up, nobody asked', async ({ lines, code = 'SESSION_INVALID' }) => {
        const before = await seen(hits)
        const reply = await sendBytes(stack.server.url, { origin, body, lines })
        const expected = isServerKey(lines) ? 'SERVER_KEY_INVALID' : code
        if (areCarried(lines)) expect(reply).toEqual({ status: ERRORS[expected].status, code: expected })
        else expect(REFUSED_BY_HTTP).toContain(reply.status)
        expect(await seen(hits)).toEqual(before)
      })
    })
  }

  it('after all of them, each site accepts its good token as before', async () => {
    for (const { origin, signer } of stages) {
      expect(await sendBytes(stack.server.url, { origin, body, lines: headerLinesOf(forgeToken(signer)) }), origin).toMatchObject({ status: 202 })
    }
    await untilDelivered(2 * stages.length)
  })
})
