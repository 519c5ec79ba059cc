import { expect, it } from 'vitest'
import { ACCOUNT, anEvent, NOTHING, severalEvents } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

/** Calls that arrive together. */
export function groupCommit(open: OpenStore): void {
  it('many calls at once all resolve, each with its own answer', async () => {
    const { store } = await open()
    const events = severalEvents(300)
    const answers = await Promise.all(events.map((event, index) => store.enqueue(index % 3 ? [event] : [event, event])))
    expect(answers).toEqual(events.map((_, index) => (index % 3 ? ['queued'] : ['queued', 'duplicate'])))
    expect(await store.audit()).toEqual({ ...NOTHING, received: 400, duplicate: 100, queued: 300 })
  })

  it('what was rejected meanwhile is counted beside what was stored, each for its own site', async () => {
    const { store } = await open()
    await store.enqueue([anEvent()])
    await Promise.all([
      store.enqueue([anEvent(), anEvent({ messageId: 'm2' }), anEvent({ messageId: 'm3', email: undefined })]),
      store.countRejected({ account: ACCOUNT, site: 'main', rejected: 2 }),
      store.countRejected({ account: 1, site: 'other', rejected: 3 }),
      store.enqueue([anEvent({ account: 1, site: 'shop' })]),
      store.countRejected({ account: 2, site: 'silent', rejected: 1 }),
    ])
    expect((await store.auditBySite()).map(({ stored: _, ...counts }) => counts)).toEqual([
      { site: 'main', ...NOTHING, received: 6, duplicate: 1, rejected: 2, queued: 2, needsIdentity: 1 },
      { site: 'other', ...NOTHING, received: 3, rejected: 3 },
      { site: 'shop', ...NOTHING, received: 1, queued: 1 },
      { site: 'silent', ...NOTHING, received: 1, rejected: 1 },
    ])
    expect((await store.accountStates()).map(({ account }) => account)).toEqual([1, ACCOUNT])
  })

  it('of many that send the same event at the same moment, one is told that it was queued', async () => {
    const { store } = await open()
    const answers = await Promise.all(Array.from({ length: 50 }, () => store.enqueue([anEvent()])))
    expect(answers.flat().filter((answer) => answer === 'queued')).toHaveLength(1)
  })

  it('a call that fails fails alone: those that shared its commit keep what they stored', async () => {
    const { store } = await open()
    const ticket = { kind: 'install-link', digest: 'd', site: 'main', expiresAt: 1 } as const
    await store.addTicket(ticket)
    const [before, failing, after] = await Promise.allSettled([
      store.enqueue([anEvent({ messageId: 'before' })]),
      store.addTicket(ticket),
      store.enqueue([anEvent({ messageId: 'after' })]),
    ])
    expect(before).toEqual({ status: 'fulfilled', value: ['queued'] })
    expect(failing).toMatchObject({
      status: 'rejected',
      reason: { code: 'OUTBOX_UNAVAILABLE', retryAfterSeconds: expect.any(Number) },
    })
    expect(after).toEqual({ status: 'fulfilled', value: ['queued'] })
    for (const messageId of ['before', 'after'])
      expect(await store.findEvent({ account: ACCOUNT, site: 'main', messageId })).toHaveLength(1)
  })

  it('calls take effect in the order in which they were made', async () => {
    const { store } = await open()
    const found = (messageId: string) => store.findEvent({ account: ACCOUNT, site: 'main', messageId })
    const [before, , after] = await Promise.all([found('m1'), store.enqueue([anEvent()]), found('m1')])
    expect([before.length, after.length]).toEqual([0, 1])
  })

  it('a closed store refuses everything with OUTBOX_UNAVAILABLE, and closing it twice does no harm', async () => {
    const { store } = await open()
    await store.close()
    await expect(store.enqueue([anEvent()])).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
    await expect(store.audit()).rejects.toMatchObject({ code: 'OUTBOX_UNAVAILABLE' })
    await store.close()
  })

  it('a call that was made before the store was closed is answered, and is kept', async () => {
    const { store, reopen } = await open()
    const storing = store.enqueue([anEvent()])
    const closing = store.close()
    expect(await storing).toEqual(['queued'])
    await closing
    expect((await (await reopen()).audit()).queued).toBe(1)
  })
}
