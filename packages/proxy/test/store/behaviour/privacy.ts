import { count, defineEvents, number } from '@trackline/shared'
import { expect, it } from 'vitest'
import { planDerivations } from '../../../src/outbox/derive.ts'
import { ACCOUNT, anEvent, claim, lease, LEASE_MS, NOTHING, NOW, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const PLANS = planDerivations(defineEvents({ login: { properties: { loginCount: number({ derive: count('login') }) } } }))
const identified = (subject: string, changes = {}) => ({ account: ACCOUNT, site: 'main', subject, email: `${subject}@example.com`, saidAt: NOW, now: NOW, ...changes })

/** What is stored of one person, and how it is taken away. */
export function privacy(open: OpenStore): void {
  it('delivered rows go with the others where that is meant, and stay counted as delivered', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent(), anEvent({ messageId: 'm2' })])
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome: { kind: 'delivered' } })), now: NOW })
    await store.enqueue([anEvent({ messageId: 'm3' }), anEvent({ messageId: 'm4', email: undefined })])
    const waiting = [...(await store.listRows({ state: 'due', limit: 9 })), ...(await store.listRows({ state: 'needs_identity', limit: 9 }))]
    expect(await store.discardRows(rows)).toBe(0)
    expect(await store.discardRows([...rows, ...waiting], { deliveredToo: true })).toBe(4)
    expect(await store.audit()).toEqual({ ...NOTHING, received: 4, delivered: 2, dead: 2 })
    expect(await store.auditBySite()).toMatchObject([{ stored: { delivered: 0, dead: 0, queued: 0, needsIdentity: 0 } }])
    expect((await store.countRows()).get('main')).toBeUndefined()
  })

  it('what is being sent stays, delivered too or not', async () => {
    const { store } = await open()
    const { rows } = await storeAndClaim(store, [anEvent()])
    expect(await store.discardRows(rows, { deliveredToo: true })).toBe(0)
    await lease(store, { now: NOW + LEASE_MS + 1 })
    expect(await store.discardRows(rows, { deliveredToo: true })).toBe(1)
  })

  it("a person's emails and history are told for every account of the site, and of nobody else", async () => {
    const { store } = await open(PLANS)
    await store.enqueue([anEvent(), anEvent({ messageId: 'm2', occurredAt: NOW + 5 }), anEvent({ account: 7 }), anEvent({ site: 'shop' }), anEvent({ subject: 'bob' })])
    for (const changes of [{}, { account: 7, email: 'ada@old.example' }, { site: 'shop' }]) await store.identify(identified('ada', changes))
    expect(await store.readRemembered({ site: 'main', subject: 'ada' })).toEqual({
      emails: expect.arrayContaining([{ account: 7, email: 'ada@old.example', saidAt: NOW }, { account: ACCOUNT, email: 'ada@example.com', saidAt: NOW }]),
      moments: [
        { account: 7, event: 'login', key: '', firstAt: NOW, lastAt: NOW, count: 1 },
        { account: ACCOUNT, event: 'login', key: '', firstAt: NOW, lastAt: NOW + 5, count: 2 },
      ],
    })
    expect(await store.readRemembered({ site: 'main', subject: 'nobody' })).toEqual({ emails: [], moments: [] })
  })

  it('forgetting a person begins their history anew, and leaves everybody else as they were', async () => {
    const { store } = await open(PLANS)
    const others = [{ site: 'shop', subject: 'ada' }, { site: 'main', subject: 'bob' }]
    await store.enqueue([anEvent(), anEvent({ account: 7 }), anEvent({ site: 'shop' }), anEvent({ subject: 'bob' })])
    for (const each of [identified('ada'), identified('ada', { account: 7 }), identified('ada', { site: 'shop' }), identified('bob')]) await store.identify(each)
    const before = await Promise.all(others.map((each) => store.readRemembered(each)))
    await store.forgetPerson({ site: 'main', subject: 'ada' })
    expect(await store.readRemembered({ site: 'main', subject: 'ada' })).toEqual({ emails: [], moments: [] })
    expect(await Promise.all(others.map((each) => store.readRemembered(each)))).toEqual(before)
    await store.saveGrant({ account: ACCOUNT, version: 1, state: 'connected', sealed: 's', refreshAt: NOW + 9e9, expiresAt: NOW + 9e9 })
    await store.enqueue([anEvent({ messageId: 'again' })])
    const rows = await claim(store, await lease(store))
    expect(rows.find(({ messageId }) => messageId === 'again')?.properties).toMatchObject({ loginCount: 1 })
  })

  it('user ids are found by the email that is remembered of them, whatever its case', async () => {
    const { store } = await open()
    await store.enqueue([anEvent(), anEvent({ account: 7 }), anEvent({ site: 'shop' })])
    for (const each of [identified('42', { email: 'Ada@Example.com' }), identified('43', { account: 7, email: 'ada@example.com' }), identified('44', { site: 'shop', email: 'ada@example.com' }), identified('bob')]) await store.identify(each)
    expect((await store.findSubjects({ site: 'main', email: 'ADA@example.COM' })).toSorted()).toEqual(['42', '43'])
    expect(await store.findSubjects({ site: 'main', email: 'ada_example.com' })).toEqual([])
  })

  it('what stands on a contact is forgotten for that contact and account alone', async () => {
    const { store } = await open()
    const write = (contact: string) => ({ contact, name: 'last_login', rank: 1, seq: 1 })
    for (const account of [ACCOUNT, 7]) await store.noteContactWrites({ account, writes: [write('ada'), write('bob')] })
    await store.forgetContactWrites({ account: ACCOUNT, contacts: ['ada', 'nobody'] })
    expect(await store.readContactWrites({ account: ACCOUNT, contacts: ['ada', 'bob'] })).toEqual([write('bob')])
    expect(await store.readContactWrites({ account: 7, contacts: ['ada'] })).toEqual([write('ada')])
  })
}
