import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliverBatch } from '../../src/flows/deliver-events/deliver-batch.ts'
import { NOT_SENT } from '../../src/hubspot/target.ts'
import type { Delivery, Target } from '../../src/hubspot/target.ts'
import type { Outcome } from '../../src/outcome.ts'
import type { Row } from '../../src/outbox/event.ts'
import type { AccessToken } from '../../src/vault/vault.ts'
import { aRow } from './a-row.ts'

const DELIVERED: Outcome = { kind: 'delivered' }
const REFUSED: Outcome = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: 'bad event' }
const TOKEN: AccessToken = { kind: 'token', accessToken: 'token 1' }

/** A target made of a function, and what it was sent. */
function sendingTo(answer: (rows: Row[], accessToken: string, calls: number) => Delivery): { target: Target; sent: number[][] } {
  const sent: number[][] = []
  const send = async (rows: Row[], accessToken: string) => answer(rows, accessToken, sent.push(rows.map(({ seq }) => seq)))
  return { target: { batchSize: 100, send }, sent }
}

function batchOf(size: number): Row[] {
  return Array.from({ length: size }, (_, index) => aRow({ seq: index + 1 }))
}

async function deliver(rows: Row[], answer: Parameters<typeof sendingTo>[0], token: (rejected?: string) => AccessToken = () => TOKEN) {
  const { target, sent } = sendingTo(answer)
  return { ...(await deliverTo(target, rows, { token })), sent }
}

interface Around {
  token?: (rejected?: string) => AccessToken
  /** Asked with the number of turns taken. */
  mustStop?: (turns: number) => boolean
}

async function deliverTo(target: Target, rows: Row[], { token = () => TOKEN, mustStop = () => false }: Around) {
  let turns = 0
  let refused = 0
  const parts = {
    accessToken: async (_account: number, rejected?: string) => token(rejected),
    takeTurn: async () => ({ answered: () => undefined, refused: () => void (refused += 1), cancel: () => undefined, number: (turns += 1) }),
    mustStop: () => mustStop(turns),
  }
  const result = await deliverBatch(parts, target, rows)
  return { ...result, turns, refused }
}

const whole = (outcome: Outcome): Delivery => ({ kind: 'whole', outcome })
const each = (...outcomes: (Outcome | undefined)[]): Delivery => ({ kind: 'each', outcomes })
const refuseAnyOf =
  (poisoned: number[]) =>
  (rows: Row[]): Delivery =>
    rows.some(({ seq }) => poisoned.includes(seq)) ? whole(REFUSED) : each(...rows.map(() => DELIVERED))

describe('a batch that is taken', () => {
  it('takes one request and one turn', async () => {
    const { outcomes, accountOutcome, sent, turns } = await deliver(batchOf(100), refuseAnyOf([]))
    expect(outcomes).toEqual(batchOf(100).map(() => DELIVERED))
    expect({ accountOutcome, requests: sent.length, turns }).toEqual({ accountOutcome: undefined, requests: 1, turns: 1 })
  })
})

describe('a batch that is refused as a whole', () => {
  it.each([1, 37, 64, 100])(
    'one poisoned event, number %i of 100, dies alone and costs at most 2·log2(100) requests more',
    async (poisoned) => {
      const { outcomes, sent } = await deliver(batchOf(100), refuseAnyOf([poisoned]))
      expect(outcomes).toEqual(batchOf(100).map(({ seq }) => (seq === poisoned ? REFUSED : DELIVERED)))
      expect(sent.length - 1).toBeLessThanOrEqual(Math.ceil(2 * Math.log2(100)))
    },
  )

  it('whichever events are poisoned, those die and all others are delivered once, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 10 }),
        async (size, poisoned) => {
          const rows = batchOf(size)
          const { outcomes, accountOutcome, sent } = await deliver(rows, refuseAnyOf(poisoned))
          expect(outcomes).toEqual(rows.map(({ seq }) => (poisoned.includes(seq) ? REFUSED : DELIVERED)))
          expect(accountOutcome).toBeUndefined()
          const taken = sent.filter((batch) => !batch.some((seq) => poisoned.includes(seq))).flat()
          expect(taken).toEqual(rows.map(({ seq }) => seq).filter((seq) => !poisoned.includes(seq)))
        },
      ),
    )
  })

  it('when the account cannot go on in the middle, what was not tried shares that outcome and is not sent', async () => {
    const slow: Outcome = { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' }
    const { outcomes, accountOutcome, sent } = await deliver(batchOf(4), (rows, _, calls) =>
      calls === 1 ? whole(REFUSED) : calls === 2 ? whole(slow) : each(...rows.map(() => DELIVERED)),
    )
    expect(outcomes).toEqual([slow, slow, slow, slow])
    expect(accountOutcome).toEqual(slow)
    expect(sent).toEqual([
      [1, 2, 3, 4],
      [1, 2],
    ])
  })
})

describe('an answer that concerns the account', () => {
  it.each<[string, Outcome]>([
    ['a snooze', { kind: 'snooze', forMs: 5, code: 'HUBSPOT_RATE_LIMITED' }],
    ['a retry', { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' }],
  ])("%s is everybody's, and ends the sending", async (_, outcome) => {
    const { outcomes, accountOutcome, sent } = await deliver(batchOf(8), () => whole(outcome))
    expect(outcomes).toEqual(batchOf(8).map(() => outcome))
    expect({ accountOutcome, requests: sent.length }).toEqual({ accountOutcome: outcome, requests: 1 })
  })

  it('without a token nothing is sent and no turn is taken', async () => {
    const outcome: Outcome = { kind: 'retry', code: 'RECONNECT_NEEDED' }
    const { outcomes, accountOutcome, sent, turns } = await deliver(batchOf(2), refuseAnyOf([]), () => ({
      kind: 'none',
      outcome,
    }))
    expect({ outcomes, accountOutcome, sent, turns }).toEqual({
      outcomes: [outcome, outcome],
      accountOutcome: outcome,
      sent: [],
      turns: 0,
    })
  })
})

describe('when nothing more may be sent', () => {
  it('no further request is begun: what has no answer by then was not sent', async () => {
    const { target, sent } = sendingTo(refuseAnyOf([3]))
    const result = await deliverTo(target, batchOf(8), { mustStop: (turns) => turns > 3 })
    expect(sent).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4], [1, 2]])
    expect(result).toMatchObject({ outcomes: [DELIVERED, DELIVERED, ...Array(6).fill(NOT_SENT.outcome)], accountOutcome: NOT_SENT.outcome })
  })

  it('a target that asks while it sends is told, and what it answers slows nobody down', async () => {
    let isStopped = false
    const send: Target['send'] = async (rows, _token, mustStop) => {
      isStopped = true
      return mustStop?.() ? NOT_SENT : each(...rows.map(() => DELIVERED))
    }
    const result = await deliverTo({ batchSize: 100, send }, batchOf(2), { mustStop: () => isStopped })
    expect(result).toMatchObject({ accountOutcome: NOT_SENT.outcome, refused: 0 })
  })

  it('no access token is asked for: it may have to be renewed first', async () => {
    const { target } = sendingTo(refuseAnyOf([]))
    const token = () => expect.fail('it was asked for')
    expect(await deliverTo(target, batchOf(2), { token, mustStop: () => true })).toMatchObject({ accountOutcome: NOT_SENT.outcome, turns: 0 })
  })
})

describe('a refusal for the rate', () => {
  it('slows the account down; another refusal does not', async () => {
    const slow: Outcome = { kind: 'snooze', forMs: 10_000, code: 'HUBSPOT_RATE_LIMITED' }
    expect(await deliver(batchOf(1), () => whole(slow))).toMatchObject({ refused: 1 })
    expect(await deliver(batchOf(1), () => whole({ ...slow, code: 'HUBSPOT_UNAVAILABLE' }))).toMatchObject({ refused: 0 })
  })
})

describe('a token that has run out early', () => {
  const renewed = (rejected?: string): AccessToken =>
    rejected === undefined ? TOKEN : { kind: 'token', accessToken: `instead of ${rejected}` }

  it('is renewed once, and the batch is sent again with the new one', async () => {
    const { outcomes, sent, turns } = await deliver(
      batchOf(2),
      (rows, token) => (token === 'token 1' ? { kind: 'token-refused' } : each(...rows.map(() => DELIVERED))),
      renewed,
    )
    expect({ outcomes, turns, sent }).toEqual({
      outcomes: [DELIVERED, DELIVERED],
      turns: 2,
      sent: [
        [1, 2],
        [1, 2],
      ],
    })
  })

  it("refused a second time is the account's trouble: no third request", async () => {
    const { accountOutcome, sent } = await deliver(batchOf(2), () => ({ kind: 'token-refused' }), renewed)
    expect(accountOutcome).toMatchObject({ kind: 'retry', code: 'HUBSPOT_TOKEN_REJECTED' })
    expect(sent).toHaveLength(2)
  })

  it('that cannot be renewed is what the vault says', async () => {
    const outcome: Outcome = { kind: 'retry', code: 'GRANT_REFRESH_FAILED' }
    const { accountOutcome, sent } = await deliver(
      batchOf(2),
      () => ({ kind: 'token-refused' }),
      (rejected) => (rejected === undefined ? TOKEN : { kind: 'none', outcome }),
    )
    expect(accountOutcome).toEqual(outcome)
    expect(sent).toHaveLength(1)
  })
})

describe('an answer that speaks of some', () => {
  it('those it does not speak of are sent again among themselves, until each has an answer', async () => {
    const { outcomes, sent } = await deliver(batchOf(4), (rows) =>
      rows.length === 1 ? each(REFUSED) : each(...rows.map(({ seq }) => (seq === 3 ? undefined : DELIVERED))),
    )
    expect(outcomes).toEqual([DELIVERED, DELIVERED, REFUSED, DELIVERED])
    expect(sent).toEqual([[1, 2, 3, 4], [3]])
  })

  it('when it speaks of none, the batch is halved: it never goes round in circles', async () => {
    const { outcomes, sent } = await deliver(batchOf(4), (rows) =>
      each(...rows.map(() => (rows.length === 1 ? DELIVERED : undefined))),
    )
    expect(outcomes).toEqual(batchOf(4).map(() => DELIVERED))
    expect(sent).toEqual([[1, 2, 3, 4], [1, 2], [1], [2], [3], [4]])
  })

  it('one alone of which nothing is said is a retry, not an endless loop', async () => {
    const { outcomes, sent } = await deliver(batchOf(1), () => each(undefined))
    expect(outcomes).toEqual([{ kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE', detail: expect.any(String) }])
    expect(sent.length).toBeLessThanOrEqual(2)
  })

  it('a failure of the account while some are sent again leaves the others delivered', async () => {
    const down: Outcome = { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' }
    const { outcomes, accountOutcome } = await deliver(batchOf(3), (_rows, _token, calls) =>
      calls === 1 ? each(DELIVERED, undefined, DELIVERED) : whole(down),
    )
    expect(outcomes).toEqual([DELIVERED, down, DELIVERED])
    expect(accountOutcome).toEqual(down)
  })
})
