import { expect, it } from 'vitest'
import type { Ticket } from '../../../src/outbox/store.ts'
import { aGrant, ACCOUNT, anEvent, claim, connect, DAY, lease, LEASE_MS, NOW, severalEvents, storeAndClaim } from './store-stage.ts'
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

  it('the right to renew a version is taken by one, until its time is over or the grant is saved', async () => {
    const { store } = await open()
    const claim = { account: ACCOUNT, version: 1, now: NOW, until: NOW + 1_000 }
    expect(await store.claimRenewal(claim)).toBe(false)
    await store.saveGrant(aGrant())
    const claims = await Promise.all(Array.from({ length: 20 }, () => store.claimRenewal(claim)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await store.claimRenewal({ ...claim, version: 2 })).toBe(false)
    expect(await store.claimRenewal({ ...claim, now: NOW + 999 })).toBe(false)
    expect(await store.claimRenewal({ ...claim, now: NOW + 1_000, until: NOW + 2_000 })).toBe(true)
    await store.releaseRenewal(claim)
    expect(await store.claimRenewal(claim)).toBe(false)
    await store.releaseRenewal({ ...claim, until: NOW + 2_000 })
    expect(await store.claimRenewal(claim)).toBe(true)
    await store.saveGrant(aGrant({ version: 2 }))
    expect(await store.claimRenewal({ ...claim, version: 2 })).toBe(true)
  })

  it('lists what is sealed and has not expired, in steps, and replaces a sealing that is as it was read', async () => {
    const { store } = await open()
    for (const account of [3, 20, 100]) await store.saveGrant(aGrant({ account, sealed: `k1:${account}` }))
    await store.saveGrant(aGrant({ account: 4, state: 'disconnected', sealed: '' }))
    await store.addTicket(LINK)
    await store.addTicket({ ...LINK, kind: 'install-state', sealed: 'k1:state' })
    const listed = []
    for (let after; ; after = listed.at(-1)) {
      const page = await store.listSealed({ now: NOW, limit: 2, ...(after ? { after } : {}) })
      listed.push(...page)
      if (page.length === 0) break
    }
    const grant = (id: string) => ({ kind: 'grant', id, version: 1, sealed: `k1:${id}` })
    const state = { kind: 'install-state', id: 'digest', version: 0, sealed: 'k1:state' } as const
    expect(listed).toEqual([grant('100'), grant('20'), grant('3'), state])
    expect(await store.listSealed({ now: NOW + 1, limit: 9 })).toHaveLength(3)
    expect(await store.replaceSealed(state, 'k2:state')).toBe(true)
    expect(await store.replaceSealed(state, 'k3:state')).toBe(false)
    expect(await store.replaceSealed({ kind: 'grant', id: '20', version: 1, sealed: 'k1:20' }, 'k2:20')).toBe(true)
    expect(await store.readGrant(20)).toMatchObject({ sealed: 'k2:20', version: 1 })
    expect(await store.takeTicket({ ...TAKE, kind: 'install-state' })).toMatchObject({ sealed: 'k2:state' })
  })

  it('knows which account a site was connected to last', async () => {
    const { store, reopen } = await open()
    expect(await store.readConnection('main')).toBeUndefined()
    await store.saveConnection({ site: 'main', account: 7 })
    await store.saveConnection({ site: 'shop', account: 8 })
    await store.saveConnection({ site: 'main', account: 9 })
    const again = await reopen()
    expect([await again.readConnection('main'), await again.readConnection('shop')]).toEqual([9, 8])
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

  it('however many were waiting', async () => {
    const { store } = await open()
    const many = 2_500
    await connect(store)
    await store.enqueue(severalEvents(many))
    const held = await lease(store)
    const rows = await claim(store, held, { limit: many })
    const outcome = { kind: 'retry', code: 'HUBSPOT_FORBIDDEN' } as const
    await store.settle(held, { rows: rows.map(({ seq }) => ({ seq, outcome, nextAttemptAt: NOW + DAY })), now: NOW })
    expect(await store.saveGrant(aGrant({ version: 2 }), { endsPause: true })).toBe(true)
    expect(await claim(store, held, { limit: many })).toHaveLength(many)
  }, 60_000)

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
    await store.forgetOld({ now: NOW + 1, deliveredBefore: 0, deadBefore: 0, identifiedBefore: 0, limit: 10 })
    expect(await store.takeTicket({ ...TAKE, now: NOW })).toBeUndefined()
    expect(await store.takeTicket({ ...TAKE, digest: 'good' })).toMatchObject({ digest: 'good' })
  })
}
