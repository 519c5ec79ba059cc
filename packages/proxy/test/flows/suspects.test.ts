import { expect, it } from 'vitest'
import { createSuspects } from '../../src/flows/deliver-events/suspects.ts'

const SUSPECT = { account: 7, target: 'timeline-v3' } as const

function stage() {
  const clock = { ms: 1_000_000 }
  return { clock, suspects: createSuspects(() => new Date(clock.ms)) }
}

it('others stand aside for suspects for five seconds in each minute, however many there are', () => {
  const { clock, suspects } = stage()
  expect([suspects.mayBeAlone(), suspects.next()]).toEqual([true, undefined])
  suspects.add(SUSPECT)
  suspects.add({ ...SUSPECT, account: 8 })
  expect(suspects.next()).toEqual(SUSPECT)
  suspects.remove(7)
  expect(suspects.next()).toEqual({ ...SUSPECT, account: 8 })
  clock.ms += 4_999
  expect([suspects.mayBeAlone(), suspects.leftMs()]).toEqual([true, 1])
  clock.ms += 1
  expect([suspects.mayBeAlone(), suspects.next()]).toEqual([false, undefined])
  suspects.add(SUSPECT)
  expect(suspects.next()).toBe(undefined)
  clock.ms += 55_000
  expect([suspects.mayBeAlone(), suspects.next()]).toEqual([true, undefined])
  suspects.add(SUSPECT)
  expect(suspects.next()).toEqual(SUSPECT)
})

it('a clock that is set back keeps nobody aside', () => {
  const { clock, suspects } = stage()
  suspects.add(SUSPECT)
  clock.ms -= 3_600_000
  expect([suspects.next(), suspects.mayBeAlone()]).toEqual([undefined, true])
})
