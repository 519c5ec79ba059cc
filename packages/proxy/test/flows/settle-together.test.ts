import { describe, expect, it } from 'vitest'
import { settleTogether } from '../../src/flows/deliver-events/settle-together.ts'
import type { Settlement, Store } from '../../src/outbox/store.ts'

const LEASE = { account: 1, owner: 'node', epoch: 1, until: 0 }
const rowsOf = (...seqs: number[]): Settlement[] => seqs.map((seq) => ({ seq, outcome: { kind: 'delivered' } }))

/** A store that is busy until it is told how a write ended. */
function slowStore() {
  const writes: { seqs: number[]; pause: unknown; end: PromiseWithResolvers<boolean> }[] = []
  const settle: Store['settle'] = (_lease, { rows, pause }) => {
    const end = Promise.withResolvers<boolean>()
    writes.push({ seqs: rows.map(({ seq }) => seq), pause, end })
    return end.promise
  }
  return { writes, settle: settleTogether({ settle }, LEASE, () => new Date(0)) }
}

const aMoment = () => new Promise(setImmediate)

describe('settling together', () => {
  it('what finishes while a write runs shares the next, in its order', async () => {
    const { writes, settle } = slowStore()
    const first = settle({ rows: rowsOf(1), pause: undefined })
    await aMoment()
    const others = [settle({ rows: rowsOf(2, 3), pause: { until: 5, failures: 1 } }), settle({ rows: rowsOf(4), pause: undefined })]
    await aMoment()
    expect(writes.map(({ seqs }) => seqs)).toEqual([[1]])
    writes[0]?.end.resolve(true)
    expect(await first).toBe(true)
    await aMoment()
    expect(writes.slice(1)).toMatchObject([{ seqs: [2, 3, 4], pause: { until: 5, failures: 1 } }])
    writes[1]?.end.resolve(false)
    expect(await Promise.all(others)).toEqual([false, false])
  })

  it('a write that fails is told to those who asked for it, and to nobody else', async () => {
    const { writes, settle } = slowStore()
    const first = settle({ rows: rowsOf(1), pause: undefined })
    await aMoment()
    const second = settle({ rows: rowsOf(2), pause: undefined })
    writes[0]?.end.reject(new Error('the disk is full'))
    await expect(first).rejects.toThrow('the disk is full')
    await aMoment()
    writes[1]?.end.resolve(true)
    expect(await second).toBe(true)
  })
})
