import { afterAll, describe, expect, it } from 'vitest'
import { SessionError, sharedSecret, verifySession } from '../src/index.ts'
import { REASONS } from '../src/session-error.ts'
import { forgeToken, goodClaims, withClaims, withHeader } from './support/forge-token.ts'
import { after, AUDIENCE, ISSUER, NOW_SECONDS } from './support/moment.ts'
import { refusalOf } from './support/refusal-of.ts'
import { secretSigner } from './support/signers.ts'
import { keySetStages, STAGES } from './support/stages.ts'

const { stages: keySets, server } = await keySetStages()
afterAll(() => server.close())

const secret = secretSigner()
const preset = sharedSecret({ secret: secret.secret })
const verify = (changes: Record<string, unknown>, seconds = 0, options = {}) =>
  verifySession(withClaims(secret, changes), preset, { now: after(seconds), ...options })

describe.each([...STAGES, ...keySets])('a good token: $name', ({ preset, signer }) => {
  const token = forgeToken(signer)

  it('says who is signed in', async () => {
    await expect(verifySession(token, preset, { now: after(0) })).resolves.toEqual({
      subject: 'ada',
      issuer: ISSUER,
      email: 'ada@example.com',
      emailVerified: true,
      expiresAt: new Date((NOW_SECONDS + 300) * 1000),
      claims: goodClaims(),
    })
  })

  it('is accepted from an Authorization header and from the cookie that the preset names', async () => {
    const requests = [{ headers: { authorization: `Bearer ${token}` } }, { headers: { cookie: `a=b; session=${token}` } }]
    for (const request of requests) {
      await expect(verifySession(request, preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    }
  })

  it('bad token 150: is refused at its end, though it was accepted before', async () => {
    await expect(verifySession(token, preset, { now: after(329.999) })).resolves.toMatchObject({ subject: 'ada' })
    const refusal = await refusalOf(verifySession(token, preset, { now: after(330) }))
    expect(refusal).toMatchObject({ code: 'SESSION_EXPIRED', reason: 'expired', got: '2026-03-04T05:11:07.000Z' })
  })

  it('is refused under the header and payload of another token', async () => {
    const [, , signature] = token.split('.')
    const [header, payload] = withClaims(signer, { sub: 'eve' }).split('.')
    const refusal = await refusalOf(verifySession(`${header}.${payload}.${signature}`, preset, { now: after(0) }))
    expect(refusal).toMatchObject({ code: 'SESSION_INVALID', reason: 'signature_mismatch' })
  })

  it('is accepted with our audience in a list', async () => {
    const several = withClaims(signer, { aud: ['https://other.example.com', AUDIENCE] })
    await expect(verifySession(several, preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })
})

describe('times', () => {
  it.each([
    [0, 299.999],
    [30, 329.999],
    [120, 419.999],
  ])('with a tolerance of %d s a token is good for %d s and expired the millisecond after', async (toleranceSeconds, last) => {
    await expect(verify({}, last, { toleranceSeconds })).resolves.toMatchObject({ subject: 'ada' })
    expect((await refusalOf(verify({}, last + 0.001, { toleranceSeconds }))).code).toBe('SESSION_EXPIRED')
  })

  it.each(['iat', 'nbf'])('%s may be ahead by the tolerance and not by a millisecond more', async (claim) => {
    await expect(verify({ [claim]: NOW_SECONDS + 30 })).resolves.toMatchObject({ subject: 'ada' })
    const refusal = await refusalOf(verify({ [claim]: NOW_SECONDS + 30.001 }))
    expect(refusal).toMatchObject({ reason: 'not_yet_valid', where: claim })
  })

  it('iat is not required', async () => {
    await expect(verify({ iat: undefined })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('bad tokens 104 and 105: with a longest lifetime, iat is required and exp - iat is bounded', async () => {
    const short = sharedSecret({ secret: secret.secret, maxLifetimeSeconds: 310 })
    const attempt = (changes: Record<string, unknown>) => verifySession(withClaims(secret, changes), short, { now: after(0) })
    await expect(attempt({})).resolves.toMatchObject({ subject: 'ada' })
    expect(await refusalOf(attempt({ iat: undefined }))).toMatchObject({ reason: 'claim_missing', where: 'iat' })
    const long = await refusalOf(attempt({ exp: NOW_SECONDS + 301 }))
    expect(long).toMatchObject({ reason: 'lifetime_too_long', expected: 'at most 310 s', got: '311 s' })
  })

  it('refuses to work with a clock that gives no time, rather than never to expire', async () => {
    await expect(verify({}, 0, { now: () => new Date('nonsense') })).rejects.toThrow('`now` must return a valid Date')
  })
})

describe('types', () => {
  it.each(['JWT', 'jwt', 'application/JWT', undefined])('typ %s is accepted', async (typ) => {
    await expect(verifySession(withHeader(secret, { typ }), preset, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('a preset for at+jwt accepts that type and refuses a token that does not say so', async () => {
    const access = sharedSecret({ secret: secret.secret, types: ['at+jwt'] })
    const attempt = (typ: unknown) => verifySession(withHeader(secret, { typ }), access, { now: after(0) })
    await expect(attempt('at+jwt')).resolves.toMatchObject({ subject: 'ada' })
    for (const typ of ['JWT', undefined]) {
      const refusal = await refusalOf(attempt(typ))
      expect(refusal).toMatchObject({ reason: 'typ_not_allowed', expected: 'at+jwt' })
    }
  })
})

describe('claims', () => {
  it('are frozen and without prototypes, all the way down', async () => {
    const { claims } = await verify({ roles: [{ name: 'admin' }] })
    const [role] = claims.roles as [object] // the claim was written two lines above
    for (const each of [claims, claims.roles, role]) expect(Object.isFrozen(each)).toBe(true)
    for (const each of [claims, role]) expect(Object.getPrototypeOf(each)).toBeNull()
  })

  it('without a configured issuer or audience, a token needs neither', async () => {
    const session = await verify({ iss: undefined, aud: undefined })
    expect(session).not.toHaveProperty('issuer')
    expect(session.subject).toBe('ada')
  })
})

describe('mistakes of the developer', () => {
  it.each([
    [{ toleranceSeconds: 121 }, '`toleranceSeconds` must be a number of seconds from 0 to 120, got 121'],
    [{ toleranceSeconds: -1 }, 'got -1'],
    [{ toleranceSeconds: Number.NaN }, 'got NaN'],
    [{ now: 0 }, '`now` must be a function, got 0'],
    [{ tolerance: 5 }, "'tolerance' is not an option; the options are now, toleranceSeconds"],
  ])('options %j are a TypeError', async (options, message) => {
    // A caller without types can pass anything.
    const attempt = verifySession(forgeToken(secret), preset, options as object)
    await expect(attempt).rejects.toThrow(TypeError)
    await expect(verifySession(forgeToken(secret), preset, options as object)).rejects.toThrow(message)
  })

  it.each([[[]], [{}], [[preset, {}]], [undefined]])('preset %j is a TypeError', async (wrong) => {
    // A caller without types can pass anything.
    await expect(verifySession(forgeToken(secret), wrong as never)).rejects.toThrow('verifySession: expected a preset')
  })

  it.each([[42], [{}], [{ headers: null }]])('input %j is a TypeError', async (input) => {
    // A caller without types can pass anything.
    await expect(verifySession(input as never, preset)).rejects.toThrow('expected a token or a request with headers')
  })
})

describe('SessionError', () => {
  it('has a code for every reason, and tells expired, missing and unavailable apart from invalid', () => {
    const reasonsOf = (code: string) => Object.entries(REASONS).filter(([, row]) => row.code === code).map(([reason]) => reason)
    expect(reasonsOf('SESSION_MISSING')).toEqual(['no_token', 'wrong_scheme'])
    expect(reasonsOf('SESSION_EXPIRED')).toEqual(['expired'])
    expect(reasonsOf('SESSION_KEYS_UNAVAILABLE')).toEqual(['keys_unavailable'])
  })

  it('says in one line what was expected and what came', () => {
    const error = new SessionError('issuer_mismatch', { where: 'iss', expected: ISSUER, got: "'https://evil.example/'" })
    expect(error.message).toBe(
      "the issuer is not the configured one: at iss, expected https://id.example.com/, got 'https://evil.example/'",
    )
  })

  it('never holds the email, the subject or the token', async () => {
    const canary = { email: 'canary@example.com', sub: 'canary'.repeat(50) }
    const token = withClaims(secret, canary)
    const refusal = await refusalOf(verifySession(token, preset, { now: after(0) }))
    expect(JSON.stringify({ ...refusal, message: refusal.message })).not.toMatch(/canary/)
  })
})
