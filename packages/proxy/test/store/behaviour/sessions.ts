import { expect, it } from 'vitest'
import type { Denial } from '../../../src/outbox/store.ts'
import { DAY, NOW } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const EVE: Denial = { kind: 'sub', value: 'eve', site: '', issuer: '' }
const TABLET: Denial = { kind: 'sid', value: 's1', site: 'main', issuer: 'https://id.example.com/', until: NOW + DAY }
const ALL = { after: 0, limit: 100 }

const aKey = (kid: string, addedAt = NOW) => ({ kid, sealed: `sealed ${kid}`, published: '{}', addedAt })

/** Key sets of identity providers, the deny list, and the keys that sign receipts. */
export function sessions(open: OpenStore): void {
  it('a key set is the one last written under its name, after a restart too', async () => {
    const { store, reopen } = await open()
    expect(await store.readKeySet('one')).toBeUndefined()
    await store.writeKeySet({ name: 'one', text: 'first', now: NOW })
    await store.writeKeySet({ name: 'one', text: 'second', now: NOW })
    await store.writeKeySet({ name: 'two', text: 'other', now: NOW })
    expect(await (await reopen()).readKeySet('one')).toBe('second')
  })

  it('a key set that was not written for two days is forgotten', async () => {
    const { store } = await open()
    await store.writeKeySet({ name: 'old', text: 'x', now: NOW - 2 * DAY - 1 })
    await store.writeKeySet({ name: 'new', text: 'x', now: NOW - DAY })
    await store.forgetOld({ now: NOW, deliveredBefore: 0, deadBefore: 0, identifiedBefore: 0, limit: 10 })
    expect([await store.readKeySet('old'), await store.readKeySet('new')]).toEqual([undefined, 'x'])
  })

  it('a denial is read by whoever asks for what is newer than they know', async () => {
    const { store, reopen } = await open()
    await store.deny(EVE)
    await store.deny(TABLET)
    const [first, second] = await store.readDenials(ALL)
    expect([first, second]).toEqual([{ ...EVE, revision: 1 }, { ...TABLET, revision: 2 }])
    expect(await store.readDenials({ after: 1, limit: 100 })).toEqual([second])
    expect(await store.readDenials({ after: 0, limit: 1 })).toEqual([first])
    expect(await (await reopen()).readDenials({ after: 2, limit: 100 })).toEqual([])
  })

  it('an entry that changes gets a newer revision in place of its older one', async () => {
    const { store } = await open()
    await store.deny(EVE)
    await store.deny(TABLET)
    await store.deny({ ...EVE, until: NOW })
    expect(await store.readDenials(ALL)).toEqual([{ ...TABLET, revision: 2 }, { ...EVE, until: NOW, revision: 3 }])
  })

  it('of many denials at once, none shares a revision with another', async () => {
    const { store } = await open()
    await Promise.all(Array.from({ length: 20 }, (_, index) => store.deny({ ...EVE, value: `eve${index}` })))
    expect((await store.readDenials(ALL)).map(({ revision }) => revision)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1))
  })

  it('what is long past is forgotten, and no revision comes twice', async () => {
    const { store } = await open()
    const past = NOW - 8 * DAY
    for (const value of ['a', 'b', 'c']) await store.deny({ ...EVE, value, until: past })
    await store.forgetOld({ now: NOW, deliveredBefore: 0, deadBefore: 0, identifiedBefore: 0, limit: 10 })
    await store.deny(EVE)
    expect((await store.readDenials({ after: 3, limit: 100 })).map(({ value }) => value)).toEqual(['eve'])
    expect((await store.readDenials(ALL)).map(({ value }) => value)).toEqual(['c', 'eve'])
  })

  it('of many that add a signing key at once, one succeeds; all keys stay, the newest first', async () => {
    const { store } = await open()
    expect(await store.readSigningKeys()).toEqual([])
    const added = await Promise.all(Array.from({ length: 10 }, (_, index) => store.addSigningKey(aKey(`first${index}`), undefined)))
    expect(added.filter(Boolean)).toHaveLength(1)
    const kid = `first${added.indexOf(true)}`
    expect(await store.addSigningKey(aKey('second', NOW + 1), 'another')).toBe(false)
    expect(await store.addSigningKey(aKey('second', NOW + 1), kid)).toBe(true)
    expect(await store.readSigningKeys()).toEqual([aKey('second', NOW + 1), aKey(kid)])
  })
}
