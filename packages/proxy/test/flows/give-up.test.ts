import { expect, it, onTestFinished } from 'vitest'
import { startIdentityResolution } from '../../src/flows/resolve-identities/resolve-identities.ts'
import { lookup } from '../../src/identity/email-source.ts'
import type { Store } from '../../src/outbox/store.ts'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

const MINUTE_MS = 60_000

/** Rounds on a real store, of which `giveUp` may refuse. */
async function makeRounds(giveUp: (store: Store, options: Parameters<Store['giveUpUnidentified']>[0]) => Promise<number>) {
  const stack = await startStack({ isConnected: false, site: { email: [lookup(() => undefined)] } })
  onTestFinished(stack.close)
  const { store } = stack.server.parts
  const clock = { ms: 0 }
  const count = { rounds: 0, givenUp: 0 }
  const { stop } = startIdentityResolution({
    store: {
      ...store,
      claimUnidentified: (options) => store.claimUnidentified(options).finally(() => count.rounds++),
      giveUpUnidentified: (options) => giveUp(store, options).finally(() => count.givenUp++),
    },
    siteNamed: (name) => stack.config.sites[name],
    resolve: async () => ({ kind: 'nobody' }),
    canLookUp: true,
    isMakingRounds: true,
    seal: String,
    open: String,
    pseudonym: String,
    schedule: stack.config.retry,
    now: () => new Date(clock.ms),
    log: () => undefined,
    wake: () => undefined,
  })
  onTestFinished(stop)
  const oneMoreRound = async () => {
    const before = count.rounds
    await until('a round', () => count.rounds > before)
  }
  return { clock, count, oneMoreRound }
}

it('what has waited too long is looked for once a minute, however often rows are looked at', async () => {
  const { clock, count, oneMoreRound } = await makeRounds((store, options) => store.giveUpUnidentified(options))
  for (let rounds = 0; rounds < 3; rounds++) await oneMoreRound()
  expect(count.givenUp).toBe(1)
  clock.ms = MINUTE_MS
  await oneMoreRound()
  await oneMoreRound()
  expect(count.givenUp).toBe(2)
})

it('a store that refuses to give rows up keeps nobody from being asked for', async () => {
  const { count, oneMoreRound } = await makeRounds(async () => {
    throw new Error('canceling statement due to statement timeout')
  })
  await oneMoreRound()
  await oneMoreRound()
  expect(count.givenUp).toBeGreaterThanOrEqual(2)
})
