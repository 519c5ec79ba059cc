import { expect, it } from 'vitest'
import { createPeopleAtHand } from '../../src/flows/resolve-identities/people-at-hand.ts'
import { createSiteTurns } from '../../src/flows/resolve-identities/site-turns.ts'

const token = { sealed: 'sealed', expiresAt: Date.parse('2027-01-01') }

/** Site `down` has a source that never answers; the others' answer at once. */
function begin() {
  const askedFor = new Map<string, number>()
  const people = createPeopleAtHand({
    async resolve({ site }) {
      askedFor.set(site, (askedFor.get(site) ?? 0) + 1)
      if (site.startsWith('down')) await new Promise(() => undefined)
      return true
    },
    takeTurn: createSiteTurns({ atOnce: 100, ofOneSite: 8 }),
    onError: (error) => {
      throw error
    },
    now: () => new Date('2026-12-01'),
  })
  const send = (site: string, howMany: number) => {
    for (let i = 0; i < howMany; i++) people.want({ account: 1, site, person: { subject: `${site}-${i}` } }, token)
  }
  return { send, askedFor: (site: string) => askedFor.get(site) }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

it('the people of sites whose source is down leave places for those of others', async () => {
  const { send, askedFor } = begin()
  for (const site of ['down', 'down-too', 'down-as-well']) send(site, 30_000)
  send('up', 100)
  await settled()
  expect(askedFor('down')).toBe(8)
  expect(askedFor('up')).toBe(100)
})

it('a place is free again once the person was found', async () => {
  const { send, askedFor } = begin()
  send('down', 30_000)
  for (let times = 1; times <= 20; times++) {
    send('up', 3_000)
    await settled()
    expect(askedFor('up')).toBe(times * 3_000)
  }
})
