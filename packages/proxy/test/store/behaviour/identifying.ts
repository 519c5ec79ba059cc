import { expect, it } from 'vitest'
import { ACCOUNT, anEvent, claim, connect, lease, NOTHING, NOW, SECOND } from './store-stage.ts'
import type { OpenStore } from './store-stage.ts'

const WAITS = { firstMs: 10 * SECOND, maxMs: 60 * SECOND }
const RETRY_AT = NOW + 10 * SECOND
const UNKNOWN = { email: undefined }

/** Events that wait until somebody knows their person's email. */
export function identifying(open: OpenStore): void {
  it('rows that wait for an email are handed out, the longest waiting first, no more than asked for', async () => {
    const { store } = await open()
    const events = [3, 1, 2].map((second) => anEvent({ ...UNKNOWN, subject: `p${second}`, receivedAt: NOW + second }))
    await store.enqueue([...events, anEvent({ receivedAt: NOW })])
    const claimed = await store.claimUnidentified({ now: NOW + 10, ...WAITS, limit: 2 })
    expect(claimed.map((row) => row.person).sort((a, b) => a.subject.localeCompare(b.subject))).toEqual([
      { subject: 'p1' },
      { subject: 'p2' },
    ])
  })

  it('rows of sites that are left out are not handed out, nor what was due before', async () => {
    const { store } = await open()
    const at = (site: string, second: number) => anEvent({ ...UNKNOWN, site, subject: `${site} ${second}`, receivedAt: NOW + second })
    await store.enqueue([at('main', 1), at('shop', 2), at('blog', 3), at('main', 4), at('shop', 5)])
    const ask = async (options: { without?: string[]; dueFrom?: number }) =>
      (await store.claimUnidentified({ now: NOW + 10, ...WAITS, limit: 2, ...options })).map(({ person }) => person.subject).sort()
    expect(await ask({ without: ['main', 'blog'], dueFrom: NOW + 3 })).toEqual(['shop 5'])
    expect(await ask({ without: ['main', 'blog'] })).toEqual(['shop 2'])
    expect(await ask({ without: ['shop', "o'brien"] })).toEqual(['blog 3', 'main 1'])
    expect(await ask({ without: [] })).toEqual(['main 4'])
  })

  it('a row handed out is not handed out again until its retry', async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ ...UNKNOWN, issuer: 'https://id.example.com/' })])
    const ask = (now: number) => store.claimUnidentified({ now, ...WAITS, limit: 10 })
    expect(await ask(NOW - 1)).toEqual([])
    expect(await ask(NOW)).toMatchObject([{ person: { subject: 'ada', issuer: 'https://id.example.com/' } }])
    expect(await ask(RETRY_AT - 1)).toEqual([])
    expect(await ask(RETRY_AT)).toHaveLength(1)
  })

  it('a row waits as long again as it has waited, within bounds', async () => {
    const { store } = await open()
    await store.enqueue([anEvent(UNKNOWN)])
    const ask = async (seconds: number) => (await store.claimUnidentified({ now: NOW + seconds * SECOND, ...WAITS, limit: 10 })).length
    const moments = [0, 9.999, 10, 19.999, 20, 39.999, 40, 79.999, 80, 139.999, 140]
    const handedOut = []
    for (const moment of moments) handedOut.push(await ask(moment))
    expect(handedOut).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1])
  })

  it('an email is remembered for a person of one site; what was said later wins, whenever it comes', async () => {
    const { store, reopen } = await open()
    const ada = { account: ACCOUNT, site: 'main', subject: 'ada' }
    expect(await store.findIdentity(ada)).toBeUndefined()
    const say = (email: string, saidAt: number) => store.identify({ ...ada, email, saidAt, now: NOW })
    expect(await say('ada@example.com', NOW)).toBeUndefined()
    expect(await say('lovelace@example.com', NOW + SECOND)).toBe('ada@example.com')
    expect(await say('ada@example.com', NOW)).toBe('lovelace@example.com')
    const again = await reopen()
    expect(await again.findIdentity(ada)).toEqual({ email: 'lovelace@example.com', saidAt: NOW + SECOND })
    for (const other of [{ account: 7 }, { site: 'shop' }, { subject: 'grace' }]) {
      expect(await again.findIdentity({ ...ada, ...other })).toBeUndefined()
    }
  })

  it('an email that no source has told again for long is forgotten, no more at once than asked for', async () => {
    const { store } = await open()
    const say = (subject: string, saidAt: number) =>
      store.identify({ account: ACCOUNT, site: 'main', subject, email: `${subject}@example.com`, saidAt, now: NOW })
    for (const [index, subject] of ['ada', 'bob', 'cora', 'dan'].entries()) await say(subject, NOW + index)
    await say('ada', NOW + 3)
    const forget = () => store.forgetOld({ now: NOW, deliveredBefore: 0, deadBefore: 0, identifiedBefore: NOW + 3, limit: 1 })
    expect([await forget(), await forget(), await forget()]).toEqual([1, 1, 0])
    const known = (subject: string) => store.findIdentity({ account: ACCOUNT, site: 'main', subject })
    expect(await Promise.all(['ada', 'bob', 'cora', 'dan'].map(known))).toEqual([
      { email: 'ada@example.com', saidAt: NOW + 3 }, undefined, undefined, { email: 'dan@example.com', saidAt: NOW + 3 },
    ])
  })

  it("a person's own sub comes back beside the subject, where it is another", async () => {
    const { store } = await open()
    await store.enqueue([anEvent({ ...UNKNOWN, subject: 'shop 7', issuer: 'shop', sub: '7' })])
    const [row] = await store.claimUnidentified({ now: NOW, ...WAITS, limit: 10 })
    expect(row?.person).toEqual({ subject: 'shop 7', issuer: 'shop', sub: '7' })
  })

  it('an email found makes every waiting row of that person due at once, and of nobody else', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([
      anEvent({ ...UNKNOWN, messageId: 'm1' }),
      anEvent({ ...UNKNOWN, messageId: 'm2' }),
      anEvent({ ...UNKNOWN, subject: 'grace' }),
      anEvent({ ...UNKNOWN, site: 'shop' }),
      anEvent({ ...UNKNOWN, account: 7 }),
    ])
    await store.identify({ account: ACCOUNT, site: 'main', subject: 'ada', email: 'ada@example.com', saidAt: NOW, now: NOW })
    expect(await store.audit()).toEqual({ ...NOTHING, received: 5, queued: 2, needsIdentity: 3 })
    const rows = await claim(store, await lease(store))
    expect(rows.map(({ messageId, person }) => [messageId, person.email])).toEqual([
      ['m1', 'ada@example.com'],
      ['m2', 'ada@example.com'],
    ])
  })

  it('an email found later does not change a row that has one', async () => {
    const { store } = await open()
    await connect(store)
    await store.enqueue([anEvent()])
    await store.identify({ account: ACCOUNT, site: 'main', subject: 'ada', email: 'other@example.com', saidAt: NOW, now: NOW })
    expect((await claim(store, await lease(store)))[0]?.person.email).toBe('ada@example.com')
  })

  it('a row that waited too long is given up as dead with EMAIL_NOT_FOUND; a younger one waits on', async () => {
    const { store } = await open()
    await store.enqueue([
      anEvent({ ...UNKNOWN, messageId: 'old' }),
      anEvent({ ...UNKNOWN, messageId: 'new', receivedAt: NOW + 1 }),
    ])
    expect(await store.giveUpUnidentified({ receivedBefore: NOW + 1, now: RETRY_AT, limit: 100 })).toBe(1)
    const [old] = await store.findEvent({ account: ACCOUNT, site: 'main', messageId: 'old' })
    expect(old).toMatchObject({ state: 'dead', code: 'EMAIL_NOT_FOUND', settledAt: RETRY_AT, attempts: 0 })
    expect(old).not.toHaveProperty('nextAttemptAt')
    expect(await store.audit()).toEqual({ ...NOTHING, received: 2, needsIdentity: 1, dead: 1 })
  })

  it('of many that waited too long some are given up at a time, the longest waiting first', async () => {
    const { store } = await open()
    await store.enqueue(['oldest', 'older', 'old'].map((messageId, place) => anEvent({ ...UNKNOWN, messageId, receivedAt: NOW + place })))
    const step = { receivedBefore: NOW * 2, now: RETRY_AT, limit: 2 }
    expect(await store.giveUpUnidentified(step)).toBe(2)
    const stateOf = async (messageId: string) => (await store.findEvent({ account: ACCOUNT, site: 'main', messageId }))[0]?.state
    expect(await Promise.all(['oldest', 'older', 'old'].map(stateOf))).toEqual(['dead', 'dead', 'needs_identity'])
    expect(await store.giveUpUnidentified(step)).toBe(1)
    expect(await store.audit()).toEqual({ ...NOTHING, received: 3, dead: 3 })
  })

  it('a due row is not given up for want of an email', async () => {
    const { store } = await open()
    await store.enqueue([anEvent()])
    expect(await store.giveUpUnidentified({ receivedBefore: NOW * 2, now: NOW * 2, limit: 100 })).toBe(0)
  })
}
