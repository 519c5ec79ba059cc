import { describe, expect, it } from 'vitest'
import { contactKey } from '../../src/outbox/contact-write.ts'
import { erasePersonData, findPersonData } from '../../src/flows/person-data.ts'
import type { WhoseData } from '../../src/flows/person-data.ts'
import { rowsMatching } from '../../src/flows/tend-outbox.ts'
import type { Store } from '../../src/outbox/store.ts'
import { ACCOUNT, anEvent, NOTHING, NOW, storeAndClaim } from '../store/behaviour/store-stage.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const open = sqliteStores()
const partsOf = (store: Store, site = 'main') => ({ store, rowsIn: (state: Parameters<typeof rowsMatching>[1]['state']) => rowsMatching(store, { state, site }) })
const find = async (store: Store, whose: Omit<WhoseData, 'site'>) => {
  const found = await findPersonData(partsOf(store), { site: 'main', ...whose })
  return { ...found, messages: found.rows.map(({ messageId }) => messageId).toSorted() }
}
const identify = (store: Store, subject: string, email: string) => store.identify({ account: ACCOUNT, site: 'main', subject, email, saidAt: NOW, now: NOW })

describe('the data of a person', () => {
  it('is what is under the user id, whatever the email, on this site alone', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ subject: '42', email: 'ada@example.com' }), anEvent({ subject: '42', messageId: 'm2', email: 'ada@new.example' }), anEvent({ subject: '42', messageId: 'm3', email: undefined })])
    await store.enqueue([anEvent({ subject: '42', messageId: 'elsewhere', site: 'shop' }), anEvent({ subject: '43', messageId: 'other', email: 'ada@example.com' })])
    expect(await find(store, { userId: '42' })).toMatchObject({ userIds: ['42'], sharedIds: [], messages: ['m1', 'm2', 'm3'] })
    expect(await find(store, { userId: 'nobody' })).toMatchObject({ rows: [], remembered: [{ emails: [], moments: [] }], contactWrites: [] })
  })

  it('is what is under the email, whatever its case, and all of each user id that goes by it alone', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ subject: 'ada@example.com', messageId: 'by email', email: 'ada@example.com' }), anEvent({ subject: '42', messageId: 'with email', email: 'Ada@Example.com' })])
    await store.enqueue([anEvent({ subject: '42', messageId: 'no email', email: undefined }), anEvent({ subject: '44', messageId: 'only remembered', email: undefined })])
    await identify(store, '44', 'ada@example.com')
    await store.enqueue([anEvent({ subject: 'bob', messageId: 'of bob' })])
    const found = await find(store, { email: 'ADA@example.com' })
    expect(found.userIds.toSorted()).toEqual(['42', '44', 'ada@example.com'])
    expect(found.messages).toEqual(['by email', 'no email', 'only remembered', 'with email'])
  })

  it('is, of a user id that several people go by, the events with the email; all of it where that user id is named', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ subject: 'import', messageId: 'ada', email: 'ada@example.com' }), anEvent({ subject: 'import', messageId: 'bob', email: 'bob@example.com' }), anEvent({ subject: 'import', messageId: 'nobody', email: undefined })])
    await store.enqueue([anEvent({ subject: '42', messageId: 'mine', email: 'ada@example.com' })])
    await identify(store, '42', 'ada@other.example')
    expect(await find(store, { email: 'ada@example.com' })).toMatchObject({ userIds: [], sharedIds: ['42', 'import'], messages: ['ada', 'mine'], remembered: [] })
    expect(await find(store, { email: 'ada@example.com', userId: '42' })).toMatchObject({ userIds: ['42'], sharedIds: ['import'], messages: ['ada', 'mine'], remembered: [{ userId: '42' }] })
  })

  it('is erased with what stands on the contacts of their emails; what is being sent stays, and everybody else', async () => {
    const { store } = await open()
    await storeAndClaim(store, [anEvent({ subject: '42', messageId: 'being sent', email: 'ada@example.com' })])
    await store.enqueue([anEvent({ subject: '42', messageId: 'waits', email: 'ada@example.com' }), anEvent({ subject: 'bob' })])
    await identify(store, '42', 'ada@old.example')
    await identify(store, 'bob', 'bob@example.com')
    const write = (email: string) => ({ contact: contactKey(email), name: 'last_login', rank: 1, seq: 1 })
    const contacts = ['ada@example.com', 'ada@old.example', 'bob@example.com']
    for (const account of [ACCOUNT, 7]) await store.noteContactWrites({ account, writes: contacts.map(write) })
    const found = await findPersonData(partsOf(store), { site: 'main', userId: '42' })
    expect(await erasePersonData(partsOf(store), 'main', found)).toEqual({ erased: 1, beingSent: 1 })
    expect(await store.readRemembered({ site: 'main', subject: '42' })).toEqual({ emails: [], moments: [] })
    expect(await store.readRemembered({ site: 'main', subject: 'bob' })).toMatchObject({ emails: [{ email: 'bob@example.com' }] })
    const standing = async (account: number) => (await store.readContactWrites({ account, contacts: contacts.map(contactKey) })).map(({ contact }) => contact)
    expect(await standing(ACCOUNT)).toEqual([contactKey('bob@example.com')])
    expect(await standing(7)).toHaveLength(3)
    expect(await store.audit()).toEqual({ ...NOTHING, received: 3, queued: 2, dead: 1 })
  })

  it('is all erased where there are more events than one step takes', async () => {
    const { store } = await open()
    await store.enqueue(Array.from({ length: 1_201 }, (_, index) => anEvent({ subject: '42', messageId: `m${index}` })))
    const found = await findPersonData(partsOf(store), { site: 'main', userId: '42' })
    expect(await erasePersonData(partsOf(store), 'main', found)).toEqual({ erased: 1_201, beingSent: 0 })
    expect(await find(store, { userId: '42' })).toMatchObject({ rows: [] })
  })
})
