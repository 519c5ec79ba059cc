import { expect, it } from 'vitest'
import { ACCOUNT, anEvent, claim, connect, lease, NOTHING, NOW } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

/** Storing events, and knowing which are repeats. */
export function enqueueing(open: OpenStore): void {
  it('a new event is queued, and its repeat is a duplicate that stores nothing', async () => {
    const { store } = await open()
    expect(await store.enqueue([anEvent()])).toEqual(['queued'])
    expect(await store.enqueue([anEvent({ properties: { method: 'password' } })])).toEqual(['duplicate'])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 2, duplicate: 1, queued: 1 })
    await connect(store)
    const [row] = await claim(store, await lease(store))
    expect(row?.properties).toEqual({ method: 'sso' })
  })

  it('a repeat within one call is a duplicate too', async () => {
    const { store } = await open()
    expect(await store.enqueue([anEvent(), anEvent(), anEvent({ messageId: 'm2' })])).toEqual(['queued', 'duplicate', 'queued'])
  })

  it.each([
    ['account', { account: 7 }],
    ['site', { site: 'shop' }],
    ['subject', { subject: 'grace' }],
    ['messageId', { messageId: 'm2' }],
  ])('the same message under another %s is another event', async (_, change) => {
    const { store } = await open()
    await store.enqueue([anEvent()])
    expect(await store.enqueue([anEvent(change)])).toEqual(['queued'])
  })

  it('what differs in anything but account, site, subject and messageId is a repeat', async () => {
    const { store } = await open()
    await store.enqueue([anEvent()])
    const changed = anEvent({
      name: 'logout',
      eventId: 'other',
      email: 'other@example.com',
      issuer: 'other',
      occurredAt: 0,
      receivedAt: NOW + 1,
    })
    expect(await store.enqueue([changed])).toEqual(['duplicate'])
  })

  it('a messageId and a subject that trade places are not taken for each other', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ subject: 'a', messageId: 'b' })])
    expect(await store.enqueue([anEvent({ subject: 'b', messageId: 'a' })])).toEqual(['queued'])
  })

  it('a row gives back everything that the event held', async () => {
    const { store } = await open()
    await connect(store)
    const event = anEvent({
      issuer: 'https://id.example.com/',
      properties: { text: 'naïve “text” \u{1F600}', number: -0.5, yes: true, no: false },
      extraData: { list: [1, null, { deep: 'x' }] },
      placement: { objectId: '9001', domain: 'acme.example' },
      occurredAt: NOW - 5,
      receivedAt: NOW,
    })
    await store.enqueue([event])
    const { targets: _, ...kept } = event
    expect(await claim(store, await lease(store))).toEqual([
      { ...kept, target: 'timeline-v3', seq: expect.any(Number), dueAt: NOW, abandoned: 0, attempt: 1 },
    ])
  })

  it("an event whose record's number is known waits for no email", async () => {
    const { store } = await open()
    await connect(store)
    const { email: _, ...nobody } = anEvent().person
    await store.enqueue([{ ...anEvent(), person: nobody, placement: { objectId: '9001' } }])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 1, queued: 1 })
    expect(await claim(store, await lease(store))).toMatchObject([{ placement: { objectId: '9001' } }])
  })

  it('an event with an empty list of targets promises nothing', async () => {
    const { store } = await open()
    expect(await store.enqueue([anEvent({ targets: [] })])).toEqual(['duplicate'])
    expect(await store.audit()).toEqual(NOTHING)
  })

  it('an event without an email waits for one and is not due', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent({ email: undefined })])
    expect(await store.leaseAccounts({ owner: 'node-1', now: NOW, leaseMs: 1, limit: 10 })).toEqual([])
    expect(await store.audit()).toEqual({ ...NOTHING, received: 1, needsIdentity: 1 })
  })

  it('no events at all is an answer, not an error', async () => {
    const { store } = await open()
    expect(await store.enqueue([])).toEqual([])
  })

  it('what was refused is counted for its site and for the whole', async () => {
    const { store } = await open()
    await store.countRejected({ account: ACCOUNT, site: 'main', rejected: 2 })
    await store.countRejected({ account: ACCOUNT, site: 'shop', rejected: 3 })
    expect(await store.audit()).toEqual({ ...NOTHING, received: 5, rejected: 5 })
  })

  it('text that looks like SQL is text', async () => {
    const { store } = await open()
    const messageId = "'); drop table outbox; --"
    await store.enqueue([anEvent({ messageId, subject: messageId })])
    expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId })).toMatchObject([{ messageId, state: 'due' }])
  })
}
