import { setTimeout } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { deliverAccount } from '../../src/flows/deliver-events/deliver-account.ts'
import type { Delivery } from '../../src/hubspot/target.ts'
import { anEvent, lease } from '../store/behaviour/store-stage.ts'
import { until } from '../stage/until.ts'
import { accountStages, delivered } from './account-stage.ts'

const stage = accountStages()
const BATCH = 8
/** Long enough for a claim that should not be. */
const QUIET_MS = 50

const peopleOf = (group: string, count: number) => Array.from({ length: count }, (_, place) => `${group}${place}`)

/** An account that is being served: HubSpot answers when it is told to, and time passes when it is told to. */
async function serve() {
  const answers: (() => void)[] = []
  const { store, parts, stateOf, clock, sent } = await stage([{ messageId: 'first' }], (rows) => new Promise<Delivery>((resolve) => answers.push(() => resolve(delivered(rows)))))
  let claims = 0
  const claimDue: typeof store.claimDue = (held, options) => {
    claims += 1
    return store.claimDue(held, options)
  }
  const state = stateOf(await lease(store), { mostInFlight: () => 4, lingerMs: () => 10_000 })
  let isStopping = false
  state.isStopping = () => isStopping
  const served = deliverAccount({ ...parts, store: { ...store, claimDue } }, state)
  await until('the first is on its way', () => sent.length === 1)
  return {
    sent,
    answers,
    claims: () => claims,
    /** After so long an event of each of these people is due, and delivery is told so; or not, as where another process has stored it. */
    async later(ms: number, people: string[], { isTold = true } = {}): Promise<void> {
      clock.ms += ms
      if (people.length > 0) await store.enqueue(people.map((subject) => anEvent({ messageId: subject, subject })))
      if (!isTold) return
      state.hasDue ||= people.length > 0
      state.news.raise()
    },
    async stop(): Promise<void> {
      isStopping = true
      state.news.raise()
      answers.splice(0).forEach((answer) => answer())
      await served
    },
  }
}

it('what was claimed goes before it is asked whether there is more', async () => {
  const { claims, later, stop } = await serve()
  expect(claims()).toBe(1)
  await later(20, [])
  await until('it is asked', () => claims() === 2)
  await stop()
})

it('with few events, what comes while two batches are on their way is claimed once one of them is back, or after a while', async () => {
  const { later, claims, sent, answers, stop } = await serve()
  await later(20, ['second'])
  await until('the second is on its way', () => sent.length === 2)
  for (const person of ['third', 'fourth', 'fifth']) {
    await later(20, [person])
    await setTimeout(QUIET_MS)
  }
  expect(claims()).toBe(2)
  answers.shift()?.()
  await until('the others go together', () => sent.length === 3)
  expect({ claims: claims(), sent: sent.at(-1) }).toEqual({ claims: 3, sent: ['third', 'fourth', 'fifth'] })
  await later(20, ['sixth'])
  await later(80, [])
  await until('it is claimed', () => claims() === 4)
  await stop()
})

it('a rest that waits for a batch to come back keeps nobody from asking for more, though nobody has told of any', async () => {
  const { later, claims, sent, answers, stop } = await serve()
  await later(20, peopleOf('b', BATCH + 3))
  await until('a full batch is on its way beside the first', () => sent.length === 2)
  await later(20, ['late'], { isTold: false })
  await until('it is asked', () => claims() === 3)
  answers.shift()?.()
  await until('the rest goes', () => sent.length === 3)
  expect(sent.at(-1)).toEqual([...peopleOf('b', BATCH + 3).slice(BATCH), 'late'])
  await stop()
})

it('where a batch fills up within milliseconds, it does not wait for one to come back', async () => {
  const { later, claims, sent, stop } = await serve()
  for (const [index, batch] of ['b', 'c', 'd'].entries()) {
    await later(20, peopleOf(batch, BATCH))
    await until('it is on its way', () => sent.length === index + 2)
  }
  expect({ claims: claims(), sizes: sent.map((rows) => rows.length) }).toEqual({ claims: 4, sizes: [1, BATCH, BATCH, BATCH] })
  await stop()
})
