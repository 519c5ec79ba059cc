import { expect, it } from 'vitest'
import { createSiteTurns } from '../../src/flows/resolve-identities/site-turns.ts'

const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Tasks that go on until they are ended, by the names of their sites in the order in which they began. */
function begin() {
  const takeTurn = createSiteTurns({ atOnce: 5, ofOneSite: 2 })
  const began: string[] = []
  const ends: (() => void)[] = []
  const want = (site: string, times: number) =>
    Array.from({ length: times }, () => takeTurn(site, () => new Promise<void>((resolve) => (began.push(site), ends.push(resolve)))))
  async function endFirst(): Promise<void> {
    ends.shift()?.()
    await settled()
  }
  return { takeTurn, began, want, endFirst }
}

it('so many run for one site, and so many in all', async () => {
  const { began, want } = begin()
  want('a', 10)
  await settled()
  expect(began).toEqual(['a', 'a'])
  for (const site of ['b', 'c', 'd']) want(site, 10)
  await settled()
  expect(began).toEqual(['a', 'a', 'b', 'b', 'c'])
})

it('whoever comes last is behind one task of each site that waits, not behind all of them', async () => {
  const { began, want, endFirst } = begin()
  for (const site of ['a', 'b', 'c']) want(site, 10)
  want('last', 1)
  await settled()
  expect(began).toEqual(['a', 'a', 'b', 'b', 'c'])
  for (let ended = 0; ended < 4; ended++) await endFirst()
  expect(began.indexOf('last')).toBeGreaterThan(0)
})

it('a task that fails gives its turn back, and every task comes up in the end', async () => {
  const { takeTurn, began, want, endFirst } = begin()
  const failed = Array.from({ length: 3 }, () => takeTurn('a', () => Promise.reject(new Error('it failed'))))
  expect((await Promise.allSettled(failed)).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
  const all = ['a', 'b', 'c', 'd'].flatMap((site) => want(site, 5))
  await settled()
  for (let ended = 0; ended < 20; ended++) await endFirst()
  await Promise.all(all)
  expect(began).toHaveLength(20)
})
