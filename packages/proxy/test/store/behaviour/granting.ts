import { expect, it } from 'vitest'
import type { Ticket } from '../../../src/outbox/store.ts'
import { aGrant, ACCOUNT, anEvent, DAY, LEASE_MS, NOW, storeAndClaim } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const LINK: Ticket = { kind: 'install-link', digest: 'digest', site: 'main', expiresAt: NOW }
const TAKE = { kind: 'install-link', digest: 'digest', now: NOW } as const

/** OAuth grants and one-time tickets. */
export function granting(open: OpenStore): void {
  it('a grant is kept as it was given, for its account alone', async () => {
    const { store, reopen } = await open()
    expect(await store.readGrant(ACCOUNT)).toBeUndefined()
    expect(await store.saveGrant(aGrant())).toBe(true)
    expect(await store.readGrant(ACCOUNT)).toEqual(aGrant())
    expect(await store.readGrant(7)).toBeUndefined()
    expect(await (await reopen()).readGrant(ACCOUNT)).toEqual(aGrant())
  })

  it('a grant is replaced only by the version that follows it', async () => {
    const { store } = await open()
    const second = aGrant({ version: 2, state: 'reconnect', problem: 'revoked', sealed: 'second' })
    expect(await store.saveGrant(second)).toBe(false)
    expect(await store.readGrant(ACCOUNT)).toBeUndefined()
    await store.saveGrant(aGrant())
    expect(await store.saveGrant(aGrant({ sealed: 'another first' }))).toBe(false)
    expect(await store.saveGrant(aGrant({ version: 3 }))).toBe(false)
    expect(await store.saveGrant(second)).toBe(true)
    expect(await store.saveGrant({ ...second, sealed: 'late' })).toBe(false)
    expect(await store.readGrant(ACCOUNT)).toEqual(second)
  })

  it('of many that save the same version at once, one succeeds', async () => {
    const { store } = await open()
    const saved = await Promise.all(Array.from({ length: 20 }, (_, index) => store.saveGrant(aGrant({ sealed: `${index}` }))))
    expect(saved.filter(Boolean)).toHaveLength(1)
    expect((await store.readGrant(ACCOUNT))?.sealed).toBe(`${saved.indexOf(true)}`)
  })

  it('a grant that is connected again loses its problem', async () => {
    const { store } = await open()
    await store.saveGrant(aGrant({ state: 'reconnect', problem: 'revoked' }))
    await store.saveGrant(aGrant({ version: 2 }))
    expect(await store.readGrant(ACCOUNT)).toEqual(aGrant({ version: 2 }))
  })

  it('a grant from a new installation ends the pause that its account was in; a renewed one does not', async () => {
    const { store } = await open()
    const { held } = await storeAndClaim(store, [anEvent()])
    await store.settle(held, { rows: [], pause: { until: NOW + DAY, failures: 9 }, now: NOW })
    await store.releaseLease(held)
    const leases = () => store.leaseAccounts({ owner: 'node-2', now: NOW, leaseMs: LEASE_MS, limit: 1 })
    await store.saveGrant(aGrant({ version: 2 }))
    expect(await leases()).toEqual([])
    expect(await store.saveGrant(aGrant({ version: 2 }), { endsPause: true })).toBe(false)
    expect(await leases()).toEqual([])
    await store.saveGrant(aGrant({ version: 3 }), { endsPause: true })
    expect(await leases()).toMatchObject([{ account: ACCOUNT, pause: { until: 0, failures: 0 } }])
  })

  it('a grant from a new installation makes due what was waiting for itself, too', async () => {
    const { store } = await open()
    const { held, rows } = await storeAndClaim(store, [anEvent()])
    const outcome = { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE' } as const
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome, nextAttemptAt: NOW + DAY })), now: NOW })
    await store.releaseLease(held)
    const leases = () => store.leaseAccounts({ owner: 'node-2', now: NOW, leaseMs: LEASE_MS, limit: 1 })
    expect(await leases()).toEqual([])
    await store.saveGrant(aGrant({ version: 2 }), { endsPause: true })
    expect(await leases()).toHaveLength(1)
  })

  it('what waits says why when its account is not connected, or not any more', async () => {
    const { store } = await open()
    await store.enqueue([anEvent()])
    const code = async () => (await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'm1' }))[0]?.code
    expect(await code()).toBe('NOT_CONNECTED')
    await store.saveGrant(aGrant())
    expect(await code()).toBeUndefined()
    await store.saveGrant(aGrant({ version: 2, state: 'reconnect' }))
    expect(await code()).toBe('RECONNECT_NEEDED')
  })

  it('a ticket is taken once, whoever asks at the same moment', async () => {
    const { store } = await open()
    await store.addTicket(LINK)
    const taken = await Promise.all(Array.from({ length: 10 }, () => store.takeTicket(TAKE)))
    expect(taken.filter((ticket) => ticket !== undefined)).toEqual([LINK])
  })

  it('a ticket keeps what was sealed into it', async () => {
    const { store } = await open()
    const state: Ticket = { ...LINK, kind: 'install-state', sealed: 'k1:verifier' }
    await store.addTicket(state)
    expect(await store.takeTicket({ ...TAKE, kind: 'install-state' })).toEqual(state)
  })

  it('a ticket that has expired is worth nothing, and is used up by the asking', async () => {
    const { store } = await open()
    await store.addTicket(LINK)
    expect(await store.takeTicket({ ...TAKE, now: NOW + 1 })).toBeUndefined()
    expect(await store.takeTicket(TAKE)).toBeUndefined()
  })

  it('a ticket of another kind or with another digest is not this one', async () => {
    const { store } = await open()
    await store.addTicket(LINK)
    expect(await store.takeTicket({ ...TAKE, kind: 'install-state' })).toBeUndefined()
    expect(await store.takeTicket({ ...TAKE, digest: 'Digest' })).toBeUndefined()
    expect(await store.takeTicket(TAKE)).toEqual(LINK)
  })

  it('expired tickets are forgotten; others are not', async () => {
    const { store } = await open()
    await store.addTicket(LINK)
    await store.addTicket({ ...LINK, digest: 'good', expiresAt: NOW + 5 })
    await store.forgetOld({ now: NOW + 1, deliveredBefore: 0, limit: 10 })
    expect(await store.takeTicket({ ...TAKE, now: NOW })).toBeUndefined()
    expect(await store.takeTicket({ ...TAKE, digest: 'good' })).toMatchObject({ digest: 'good' })
  })
}
