import { describe, expect, it } from 'vitest'
import { verifySession } from '../../src/index.ts'
import { eachProvider } from '../support/each-provider.ts'
import { goodClaims, withClaims } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import type { Provider } from '../support/providers.ts'

const BAD_EMAILS: readonly [number: number, name: string, email: unknown][] = [
  [137, 'a number', 42],
  [138, 'an array', ['ada@example.com']],
  [139, 'one with a line end and a header', 'a@b.co\r\nBcc: x'],
  [140, 'one with a quoted local part', '"a@x"@b'],
  [144, 'one of 400 characters', `${'a'.repeat(388)}@example.com`],
  [145, 'one with letters that look alike', 'ada@exаmple.com'],
]
const STYTCH_SESSION = 'https://stytch.com/session'

/** The good claims with another email, where this provider puts it. */
function emailClaims({ name, signer }: Provider, email: unknown): Record<string, unknown> {
  if (name === 'auth0') return { 'https://example.com/email': email }
  if (name !== 'stytch') return { email }
  const factor = { type: 'magic_link', delivery_method: 'email', email_factor: { email_address: email } }
  return { [STYTCH_SESSION]: { ...Object(goodClaims(signer)[STYTCH_SESSION]), authentication_factors: [factor] } }
}

eachProvider(({ email }) => email !== undefined, (provider, open) => {
  const { signer, name } = provider
  const emailOf = async (claims: Record<string, unknown>) => {
    await using stage = await open()
    const { email, subject } = await verifySession(withClaims(signer, claims), stage.preset, { now: after(0) })
    expect(subject).toBe('ada')
    return email
  }

  it.each(BAD_EMAILS)(`bad token %i (an email that is %s) × ${name}: a good session without email`, async (_, __, email) => {
    expect(await emailOf(emailClaims(provider, email))).toBeUndefined()
  })

  it.each([
    [141, 'false', false],
    [142, "'false'", 'false'],
    [142, '1', 1],
    [143, 'null', null],
  ])(`bad token %i (email_verified %s) × ${name}: the email is not given out`, async (_, __, verified) => {
    // Stytch has no such claim: there the way in which the person signed in says it.
    if (name === 'stytch') return expect(await emailOf({ email_verified: verified })).toBe('ada@example.com')
    expect(await emailOf({ email_verified: verified })).toBeUndefined()
  })
})

describe('what the person can edit is not believed', () => {
  eachProvider(({ name }) => name === 'supabase', (provider, open) => {
    it('an email in user_metadata does not stand in for one that the token lacks, nor make it verified', async () => {
      await using stage = await open()
      const token = withClaims(provider.signer, { email: undefined })
      const session = await verifySession(token, stage.preset, { now: after(0) })
      expect(session).not.toHaveProperty('email')
      expect(session).not.toHaveProperty('emailVerified')
    })
  })
})

describe('stytch', () => {
  eachProvider(({ name }) => name === 'stytch', (provider, open) => {
    const sessionWith = async (...factors: object[]) => {
      await using stage = await open()
      const claims = { [STYTCH_SESSION]: { authentication_factors: factors } }
      const { email, emailVerified } = await verifySession(withClaims(provider.signer, claims), stage.preset, { now: after(0) })
      return { email, emailVerified }
    }
    const factor = (delivery: string, address: unknown) => ({
      delivery_method: delivery,
      email_factor: { email_address: address },
    })

    it('an email by which the person signed in is verified', async () => {
      expect(await sessionWith(factor('email', 'ada@example.com'))).toEqual({ email: 'ada@example.com', emailVerified: true })
    })

    it('an email that comes with a password is given out, and nothing is said of whether it is verified', async () => {
      const session = await sessionWith({ type: 'totp' }, factor('knowledge', 'ada@example.com'))
      expect(session).toEqual({ email: 'ada@example.com', emailVerified: undefined })
    })

    const WITHOUT: [unknown[]][] = [[[]], [[null, 42, 'x']], [[{ email_factor: 'x' }]], [[factor('email', {})]]]
    it.each(WITHOUT)('factors %j have no email', async (factors) => {
      // Some of these are no objects, as a token may have it.
      expect((await sessionWith(...(factors as object[]))).email).toBeUndefined()
    })
  })
})
