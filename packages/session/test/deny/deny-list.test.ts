import { describe, expect, it } from 'vitest'
import { denyList, refuseDenied, sharedSecret, verifySession } from '../../src/index.ts'
import type { Denied, Session } from '../../src/index.ts'
import { withClaims } from '../support/forge-token.ts'
import { after, ISSUER } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { secretSigner } from '../support/signers.ts'

const signer = secretSigner()
const preset = sharedSecret({ secret: signer.secret })
const token = withClaims(signer, { sid: 's1', jti: 'j1' })
const verify = (isDenied?: (session: Session) => boolean | Promise<boolean>, text = token) =>
  verifySession(text, preset, { now: after(0), ...(isDenied && { isDenied }) })

describe('isDenied', () => {
  it('refuses a session that is good otherwise, with a reason of its own for the log', async () => {
    expect(await refusalOf(verify(() => true))).toMatchObject({ code: 'SESSION_INVALID', reason: 'denied' })
    expect(await refusalOf(verify(async () => true))).toMatchObject({ reason: 'denied' })
    await expect(verify(async () => false)).resolves.toMatchObject({ subject: 'ada' })
  })

  it('is asked with the verified session, and never for a token that is refused anyway', async () => {
    const asked: string[] = []
    const isDenied = ({ subject }: Session) => asked.push(subject) < 0
    await verify(isDenied)
    await refusalOf(verify(isDenied, withClaims(signer, { exp: 0 })))
    expect(asked).toEqual(['ada'])
  })

  // A caller without types can misspell what was meant.
  it('that is undefined is a mistake, not a list without entries', async () => {
    await expect(verifySession(token, preset, { now: after(0), isDenied: undefined as never })).rejects.toThrow('`isDenied` must be a function')
  })

  it('lets nobody in when it fails, or says neither true nor false', async () => {
    await expect(verify(() => Promise.reject(new Error('the table is gone')))).rejects.toThrow('the table is gone')
    // A caller without types can forget to answer.
    expect(await refusalOf(verify((() => undefined) as never))).toMatchObject({ reason: 'denied' })
  })
})

describe('denyList', () => {
  it('refuses a moment that is none, which would deny nobody', () => {
    expect(() => denyList().deny({ sub: 'ada', until: new Date('in an hour') })).toThrow('`until` is no moment')
  })

  it('finds a sign-in that its issuer numbers', async () => {
    const list = denyList()
    list.deny({ sid: '42' })
    expect(await refusalOf(verify(list.isDenied, withClaims(signer, { sid: 42 })))).toMatchObject({ reason: 'denied' })
    await expect(verify(list.isDenied, withClaims(signer, { sid: 43 }))).resolves.toMatchObject({ subject: 'ada' })
  })

  it.each<[string, Denied]>([
    ['the person', { sub: 'ada' }],
    ['the sign-in', { sid: 's1' }],
    ['the token', { jti: 'j1' }],
    ['the person, at this issuer', { sub: 'ada', issuer: ISSUER }],
  ])('acts at once when %s is denied, and stops when it is allowed', async (_, entry) => {
    const list = denyList(after(0))
    await expect(verify(list.isDenied)).resolves.toMatchObject({ subject: 'ada' })
    list.deny(entry)
    expect(await refusalOf(verify(list.isDenied))).toMatchObject({ reason: 'denied' })
    list.allow(entry)
    await expect(verify(list.isDenied)).resolves.toMatchObject({ subject: 'ada' })
  })

  it.each<[string, Denied]>([
    ['another person', { sub: 'bob' }],
    ['a sign-in of the name of the person', { sid: 'ada' }],
    ['the same name at another issuer', { sub: 'ada', issuer: 'https://other.example.com' }],
  ])('lets in whoever is not denied: %s is', async (_, entry) => {
    const list = denyList(after(0))
    list.deny(entry)
    await expect(verify(list.isDenied)).resolves.toMatchObject({ subject: 'ada' })
  })

  it('acts on a session that a server has kept', async () => {
    const list = denyList(after(0))
    const session = await verify(list.isDenied)
    await refuseDenied(session, list.isDenied)
    list.deny({ sid: 's1' })
    expect(await refusalOf(refuseDenied(session, list.isDenied))).toMatchObject({ reason: 'denied' })
  })

  it('forgets an entry at its end', async () => {
    let seconds = 0
    const list = denyList(() => after(seconds)())
    list.deny({ jti: 'j1', until: after(60)() })
    const session = await verify()
    seconds = 59.999
    expect(list.isDenied(session)).toBe(true)
    seconds = 60
    expect(list.isDenied(session)).toBe(false)
  })

  it('takes 100,000 entries, makes room among those that are past, and says so when it is full', () => {
    let seconds = 0
    const list = denyList(() => after(seconds)())
    for (let index = 0; index < 100_000; index += 1) list.deny({ jti: `${index}`, until: after(60)() })
    expect(() => list.deny({ jti: 'one more' })).toThrow(RangeError)
    seconds = 60
    expect(() => list.deny({ jti: 'one more' })).not.toThrow()
  })

  it.each<[string, Denied]>([
    ['nothing', {}],
    ['two at once', { sub: 'ada', sid: 's1' }],
    ['an empty text', { sub: '' }],
  ])('refuses an entry of %s', (_, entry) => {
    expect(() => denyList().deny(entry)).toThrow('expected exactly one of `sub`, `sid` and `jti`')
  })
})
