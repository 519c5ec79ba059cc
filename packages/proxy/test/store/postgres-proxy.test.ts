import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { createClient } from '../stage/client.ts'
import { startPostgres } from '../stage/start-postgres.ts'
import { startStack } from '../stage/start-stack.ts'
import { postgresStores } from './open-postgres.ts'

const PEOPLE = 10
const LOGINS_EACH = 12

const { newSchema } = postgresStores((await startPostgres()).url)

/** Two servers of one configuration, on one database, before one HubSpot. */
async function startTwo() {
  const { url: store } = newSchema()
  const one = await startStack({ config: { store } })
  onTestFinished(one.close)
  const config = resolveConfig(one.options, join(one.folder, 'trackline.config.ts'))
  const server = await startServer(config, realWorld({ logLevel: 'silent' }))
  let isStopped = false
  const stopTwo = async () => {
    if (!isStopped) await server.stop()
    isStopped = true
  }
  onTestFinished(stopTwo)
  return { one, two: createClient({ server, emulator: one.emulator, config }), stopTwo }
}

it('two servers on one database share the work: every event reaches HubSpot once, whichever of them was sent it', async () => {
  const { one, two, stopTwo } = await startTwo()
  const people = Array.from({ length: PEOPLE }, (_, index) => `p${index}`)
  await Promise.all(people.map(async (sub) => {
    const token = await one.mint({ sub, email: `${sub}@example.com` })
    for (let login = 0; login < LOGINS_EACH; login++) {
      const message = { event: 'login', messageId: `${sub}-${login}`, properties: { method: 'sso' } }
      const replies = await Promise.all([one, two].map((server) => server.track(message, { token })))
      expect(replies.map(({ json }) => json.results?.[0]?.status).sort()).toEqual(['duplicate', 'queued'])
    }
  }))
  for (const sub of people) {
    const timeline = await one.delivered(`${sub}@example.com`, LOGINS_EACH)
    expect(timeline.map(({ writes }) => writes)).toEqual(Array.from({ length: LOGINS_EACH }, () => 1))
    const logins = timeline.map(({ tokens }) => Number(tokens.logins)).sort((a, b) => a - b)
    expect(logins).toEqual(Array.from({ length: LOGINS_EACH }, (_, index) => index + 1))
  }

  await stopTwo()
  const reply = await one.track({ event: 'login', properties: { method: 'sso' } })
  expect(reply.status).toBe(202)
  await one.delivered('ada@example.com', 1)
  const sent = PEOPLE * LOGINS_EACH
  expect(await one.audit()).toMatchObject({ received: 2 * sent + 1, duplicate: sent })
})

it('an event that one server accepted is delivered after that server has stopped', async () => {
  const { one, two, stopTwo } = await startTwo()
  await one.fail({ next: 1, status: 503 })
  expect((await two.track({ event: 'login', properties: { method: 'sso' } })).status).toBe(202)
  await stopTwo()
  expect(await one.delivered('ada@example.com', 1)).toHaveLength(1)
})
