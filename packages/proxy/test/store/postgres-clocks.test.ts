import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts'
import { createClient } from '../stage/client.ts'
import { openFreezingProxy } from '../stage/freezing-proxy.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startStack } from '../stage/start-stack.ts'
import { postgresStores } from './open-postgres.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
const EVENTS_EACH = 60
/** HubSpot is slow, so that a lease that is thought to have run out is taken while its owner sends. */
const HUBSPOT_DELAY_MS = 300

const { newSchema } = postgresStores((await startPostgres()).url)

/** Two servers on one database, whose clocks show what they are told. */
async function startTwo() {
  const shift = { one: 0, two: 0 }
  const clockOf = (server: 'one' | 'two') => () => new Date(Date.now() + shift[server])
  const one = await startStack({ config: { store: newSchema().url }, world: { now: clockOf('one') } })
  onTestFinished(one.close)
  const config = resolveConfig(one.options, join(one.folder, 'trackline.config.ts'))
  const server = await startServer(config, { ...realWorld({ logLevel: 'silent' }), now: clockOf('two') })
  onTestFinished(server.stop)
  return { one, two: createClient({ server, emulator: one.emulator, config }), shift }
}

type Two = Awaited<ReturnType<typeof startTwo>>

/** Both are sent events at the same time, and deliver them to one account. */
async function sendToBoth({ one, two }: Two, name: string): Promise<void> {
  await Promise.all([one, two].map(async (server, index) => {
    const token = await one.mint({ sub: 'ada', email: 'ada@example.com' })
    for (let event = 0; event < EVENTS_EACH; event++) {
      const reply = await server.track({ event: 'login', messageId: `${name}-${index}-${event}`, properties: { method: 'sso' } }, { token })
      expect(reply.status).toBe(202)
    }
  }))
}

it('a database that is slow to say what its clock shows is asked again and believed all the same', async () => {
  const url = new URL(newSchema().url)
  const network = await openFreezingProxy(Number(url.port))
  onTestFinished(network.close)
  url.port = String(network.port)
  const store = await openPostgresStore(url.href, {})
  onTestFinished(store.close)
  network.slow(700)
  const told: number[] = []
  await store.onClock?.((ms) => void told.push(ms - Date.now()))
  expect(told).toHaveLength(1)
  expect(Math.abs(told[0] ?? NaN)).toBeLessThan(SECOND)
})

it.each([
  ['30 s apart', { one: -15 * SECOND, two: 15 * SECOND }, { one: -15 * SECOND, two: 15 * SECOND }],
  ['of which one jumps an hour ahead', { one: 0, two: 0 }, { one: 0, two: HOUR }],
  ['of which one jumps an hour back', { one: 0, two: 0 }, { one: 0, two: -HOUR }],
])('two nodes with clocks %s take no lease from each other: every event reaches HubSpot once, at the moment that the database says', async (what, first, then) => {
  const startedAt = Date.now()
  const stack = await startTwo()
  await stack.one.fail({ next: 1_000_000, delayMs: HUBSPOT_DELAY_MS })
  Object.assign(stack.shift, first)
  await sendToBoth(stack, 'before')
  Object.assign(stack.shift, then)
  await sendToBoth(stack, 'after')
  const timeline = await stack.one.delivered('ada@example.com', 4 * EVENTS_EACH)
  const twice = timeline.filter(({ writes }) => writes > 1).length
  process.stdout.write(`two clocks ${what}: ${timeline.length} events at HubSpot, ${twice} of them sent more than once\n`)
  expect(twice).toBe(0)
  const moments = timeline.map(({ timestamp }) => new Date(timestamp).getTime())
  expect(Math.min(...moments)).toBeGreaterThan(startedAt - SECOND)
  expect(Math.max(...moments)).toBeLessThan(Date.now() + SECOND)
})
