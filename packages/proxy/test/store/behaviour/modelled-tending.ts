import fc from 'fast-check'
import { expect } from 'vitest'
import { agreeOnAll, command, UNKNOWN_PERSON } from './model.ts'
import type { Command, Model, Promised } from './model.ts'
import { SECOND } from './store-stage.ts'

/** Rows this old are given up, or forgotten, when that is asked for: so that it happens within a run. */
const OLD_MS = 10 * SECOND
const STEP = 500

/** What happens to rows besides their delivery. */
export function tending(messages: readonly string[]): fc.Arbitrary<Command>[] {
  return [
    fc.constant(identify()),
    fc.constant(giveUp()),
    fc.constant(forget()),
    fc.constantFrom(...messages).map(retryDead),
    fc.constantFrom(...messages).map((messageId) => discard(messageId, { deliveredToo: false })),
    fc.constantFrom(...messages).map((messageId) => discard(messageId, { deliveredToo: true })),
    fc.constant(reopen()),
  ]
}

function rowsIn(model: Model, state: Promised['state']): [string, Promised][] {
  return [...model.rows].filter(([, row]) => row.state === state)
}

function identify(): Command {
  return command('identify', `${UNKNOWN_PERSON} is identified`, async (model, { store, account }) => {
    const person = { account, site: 'main', subject: UNKNOWN_PERSON }
    await store.identify({ ...person, email: 'alan@example.com', saidAt: model.now, now: model.now })
    for (const [, row] of rowsIn(model, 'needs_identity')) Object.assign(row, { state: 'due', dueAt: model.now })
  })
}

function giveUp(): Command {
  return command('give up', 'whoever waited too long is given up', async (model, { store }) => {
    const receivedBefore = model.now - OLD_MS
    await store.giveUpUnidentified({ receivedBefore, now: model.now, limit: 100 })
    for (const [, row] of rowsIn(model, 'needs_identity')) {
      if (row.receivedAt < receivedBefore && row.retriedAt < receivedBefore) Object.assign(row, { state: 'dead', settledAt: model.now })
    }
  })
}

/** Its messages are new again afterwards. */
function forget(): Command {
  return command('forget', 'what was delivered long ago is forgotten', async (model, { store }) => {
    const deliveredBefore = model.now - OLD_MS
    while ((await store.forgetOld({ now: model.now, deliveredBefore, deadBefore: 0, identifiedBefore: 0, limit: STEP })) >= STEP);
    for (const [key, row] of rowsIn(model, 'delivered')) if (row.settledAt < deliveredBefore) model.rows.delete(key)
  })
}

/** Whoever waits for an email when it died waits for one again. */
function retryDead(messageId: string): Command {
  return command('retry', `${messageId} is retried by hand`, async (model, { store, account }) => {
    const found = (await store.findRows({ messageId })).filter((row) => row.account === account)
    const dead = rowsIn(model, 'dead').filter(([key]) => key.endsWith(` ${messageId}`))
    expect(await store.retryRows(found.map(({ seq }) => ({ account, seq })), model.now)).toBe(dead.length)
    for (const [key, row] of dead) {
      const [subject] = key.split(' ')
      const hasEmail = found.find(({ person }) => person.subject === subject)?.person.email !== undefined
      Object.assign(row, { state: hasEmail ? 'due' : 'needs_identity', dueAt: model.now, retriedAt: model.now, attempts: 0, abandoned: 0, claimedIn: undefined })
    }
  })
}

/** What the holder of the lease is sending stays, and, unless that is meant too, what is delivered. The message is new again afterwards. */
function discard(messageId: string, options: { deliveredToo: boolean }): Command {
  const isMeant = ({ state }: Promised) => options.deliveredToo || state !== 'delivered'
  return command('discard', `${messageId} is discarded by hand${options.deliveredToo ? ', delivered or not' : ''}`, async (model, { store, account }) => {
    const found = (await store.findRows({ messageId })).filter((row) => row.account === account)
    const gone = [...model.rows].filter(
      ([key, row]) => key.endsWith(` ${messageId}`) && isMeant(row) && row.claimedIn !== model.epoch,
    )
    expect(await store.discardRows(found.map(({ seq }) => ({ account, seq })), options)).toBe(gone.length)
    for (const [key] of gone) model.rows.delete(key)
  })
}

/** All nodes crash at once, and the store is opened anew: leases and claims are as they were. Once in a run, since it takes a while. */
function reopen(): Command {
  const run: Command['run'] = async (model, real) => {
    model.hasReopened = true
    for (const name of Object.keys(real.nodes)) real.nodes[name] = { lease: undefined, rows: [] }
    real.store = await real.reopen()
    await agreeOnAll(model, real)
  }
  return command('reopen', 'the store is opened anew', run, ({ hasReopened }) => !hasReopened)
}
