import { describe, expect, it } from 'vitest'
import { sharedSecret, verifySession } from '../../src/index.ts'
import { withClaims } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { secretSigner } from '../support/signers.ts'

const signer = secretSigner()

/** What a verified session says of the email, when the token says this. */
async function emailOf(claims: Record<string, unknown>, path?: string[]) {
  const preset = sharedSecret({ secret: signer.secret, ...(path && { email: path }) })
  const token = withClaims(signer, { email: undefined, email_verified: undefined, ...claims })
  const { email, emailVerified, subject } = await verifySession(token, preset, { now: after(0) })
  expect(subject).toBe('ada')
  return { email, emailVerified }
}

function emailOfLength(length: number): string {
  const beginning = `a@${`${'b'.repeat(59)}.`.repeat(4)}`
  return beginning + 'c'.repeat(length - beginning.length)
}

describe('the email of a session', () => {
  it.each([
    ['Ada.Lovelace+news@Example.COM', 'Ada.Lovelace+news@example.com'],
    ["o'brien@example.co.uk", "o'brien@example.co.uk"],
    ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [emailOfLength(254), emailOfLength(254)],
  ])('%s is given out as %s', async (email, expected) => {
    expect(await emailOf({ email })).toEqual({ email: expected, emailVerified: undefined })
  })

  it.each([
    ['137', 'a number', 42],
    ['138', 'an array', ['a@example.com']],
    ['139', 'one with a line end and a header', 'a@b.co\r\nBcc: x'],
    ['140', 'one with a quoted local part', '"a@x"@b'],
    ['144', 'one of 400 characters', `${'a'.repeat(388)}@example.com`],
    ['144', 'one of 255 characters', emailOfLength(255)],
    ['145', 'one with letters that look alike in the domain', 'ada@exаmple.com'],
    ['145', 'one with letters that look alike in the local part', 'аda@example.com'],
    ['140', 'a display name', 'Ada <ada@example.com>'],
    ['140', 'two of them', 'a@example.com,b@example.com'],
    ['140', 'two @', 'a@b@example.com'],
    ['139', 'a NUL', 'a\0@example.com'],
    ['139', 'a blank at the end', 'a@example.com '],
    ['137', 'an empty string', ''],
    ['137', 'no domain', 'ada'],
    ['137', 'a domain without a dot', 'ada@localhost'],
    ['137', 'an empty label', 'ada@example..com'],
    ['137', 'a local part of 65 characters', `${'a'.repeat(65)}@example.com`],
    ['137', 'null', null],
  ])('bad token %s: an email that is %s leaves a good session without email', async (_, __, email) => {
    expect(await emailOf({ email })).toEqual({ email: undefined, emailVerified: undefined })
  })

  it.each([
    ['bad token 141: email_verified false', { email_verified: false }],
    ["bad token 142: email_verified 'false'", { email_verified: 'false' }],
    ['email_verified null', { email_verified: null }],
    ['email_verified 1', { email_verified: 1 }],
    ['emailVerified false', { emailVerified: false }],
    ['two claims that disagree', { email_verified: true, emailVerified: false }],
  ])('%s: the email is not given out', async (_, claims) => {
    expect(await emailOf({ email: 'ada@example.com', ...claims })).toEqual({ email: undefined, emailVerified: false })
  })

  const verified = [{ email_verified: true }, { emailVerified: true }, { email_verified: 'true' }]
  it.each(verified)('%j: the email is given out as verified', async (claims) => {
    const expected = { email: 'ada@example.com', emailVerified: true }
    expect(await emailOf({ email: 'ada@example.com', ...claims })).toEqual(expected)
  })

  it('is read from a claim whose name is an address', async () => {
    const claims = { 'https://example.com/email': 'ada@example.com', email: 'eve@example.com' }
    expect(await emailOf(claims, ['https://example.com/email'])).toMatchObject({ email: 'ada@example.com' })
  })

  it('is read from inside other claims, lists included', async () => {
    const claims = { session: { factors: [{ address: 'ada@example.com' }] } }
    expect(await emailOf(claims, ['session', 'factors', '0', 'address'])).toMatchObject({ email: 'ada@example.com' })
  })

  it.each([
    [['user', 'email'], { user: { email: 'ada@example.com', email_verified: false } }, false],
    [['user', 'email'], { user: { email: 'ada@example.com', emailVerified: true } }, true],
    [['https://example.com/email'], { 'https://example.com/email': 'ada@example.com', 'https://example.com/email_verified': false }, false],
    [['email'], { email: 'ada@example.com', email_verified_at: null }, false],
    [['email'], { email: 'ada@example.com', email_verified_at: '2026-11-22T09:00:00.000000Z' }, true],
    [['email'], { email: 'ada@example.com', email_verified_at: 1_764_547_200_000 }, true],
    [['user', 'email'], { user: { email: 'ada@example.com', email_verified: true }, email_verified: false }, false],
  ])('at %j is said to be verified or not beside it: %j', async (path, claims, emailVerified) => {
    expect(await emailOf(claims, path)).toEqual({ email: emailVerified ? 'ada@example.com' : undefined, emailVerified })
  })

  it.each(['', '0', 'no 1', 'pending 2', '0000-00-00 00:00:00', '1970-01-01', 0, false])('email_verified_at %j is no moment at which it was verified', async (at) => {
    expect(await emailOf({ email: 'ada@example.com', email_verified_at: at })).toEqual({ email: undefined, emailVerified: false })
  })

  const nowhere = ['a/b', 'sub/length', 'email/0', 'toString/name']
  it.each(nowhere)('the path %s leads nowhere and gives no email', async (names) => {
    const path = names.split('/')
    expect(await emailOf({ a: null, email: 'ada@example.com' }, path)).toMatchObject({ email: undefined })
  })
})
