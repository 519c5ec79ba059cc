import { describe, expect, it } from 'vitest'
import { clerk, cognito, firebase, sharedSecret, supabase, verifySession, workos } from '../../src/index.ts'
import type { SessionPreset } from '../../src/index.ts'
import { forgeToken, withClaims, withHeader } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { PROVIDERS } from '../support/providers.ts'
import type { Provider } from '../support/providers.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { serveProvider } from '../support/serve-provider.ts'
import { secretSigner } from '../support/signers.ts'

function providerOf(name: string): Provider {
  const provider = PROVIDERS.find((each) => each.name === name)
  if (!provider) throw new Error(`no provider is called ${name}`)
  return provider
}

/** Verifies a changed good token of a provider with a preset that is configured otherwise. */
async function verified(name: string, make: (fetch: typeof globalThis.fetch) => SessionPreset, changes: Record<string, unknown>) {
  const { signer, published = {} } = providerOf(name)
  await using served = await serveProvider(published)
  return await verifySession(withClaims(signer, changes), make(served.fetch), { now: after(0) })
}

const KEY = `pk_live_${btoa('clerk.example.com$')}`
const WORKOS = 'client_01HXYZ'
const PROJECT = 'https://abcdefgh.supabase.co'

describe('what a developer may allow', () => {
  it("impersonation: 'flag' accepts the token and says so", async () => {
    const flagging = (fetch: typeof globalThis.fetch) => workos({ clientId: WORKOS, impersonation: 'flag', fetch })
    const acted = await verified('workos', flagging, { act: { sub: 'support@example.com' } })
    expect(acted).toMatchObject({ subject: 'ada', impersonated: true })
    expect(await verified('workos', flagging, {})).not.toHaveProperty('impersonated')
  })

  it('the presets without a provider flag by default and refuse when they are told to', async () => {
    const signer = secretSigner()
    const token = withClaims(signer, { act: { sub: 'bff' } })
    const attempt = (options: object) =>
      verifySession(token, sharedSecret({ secret: signer.secret, ...options }), { now: after(0) })
    await expect(attempt({})).resolves.toMatchObject({ impersonated: true })
    expect((await refusalOf(attempt({ impersonation: 'refuse' }))).reason).toBe('impersonated')
  })

  it('anonymous: true lets in people who signed in anonymously', async () => {
    const bySupabase = (fetch: typeof globalThis.fetch) => supabase({ url: PROJECT, anonymous: true, fetch })
    expect((await verified('supabase', bySupabase, { is_anonymous: true, email: '' })).subject).toBe('ada')
    const byFirebase = (fetch: typeof globalThis.fetch) => firebase({ projectId: 'acme-prod', anonymous: true, fetch })
    expect((await verified('firebase', byFirebase, { firebase: { sign_in_provider: 'anonymous' } })).subject).toBe('ada')
  })

  it('clerk without authorizedParties accepts any origin; with allowMissingParty also none, and still no other', async () => {
    const any = (fetch: typeof globalThis.fetch) => clerk({ publishableKey: KEY, fetch })
    for (const azp of [undefined, 'https://other.example.com']) {
      expect((await verified('clerk', any, { azp })).subject).toBe('ada')
    }
    const parties = { authorizedParties: ['https://app.example.com'], allowMissingParty: true }
    const native = (fetch: typeof globalThis.fetch) => clerk({ publishableKey: KEY, ...parties, fetch })
    expect((await verified('clerk', native, { azp: undefined })).subject).toBe('ada')
    const refusal = await refusalOf(verified('clerk', native, { azp: 'https://evil.example' }))
    expect(refusal.reason).toBe('party_mismatch')
  })

  it('clerk takes the origins of its site for its authorized parties, unless it was told some', async () => {
    const preset = clerk({ publishableKey: KEY, cookie: true })
    expect(clerk({ publishableKey: KEY, authorizedParties: ['https://a.example'] }).forOrigins).toBeUndefined()
    const ofSite = (fetch: typeof globalThis.fetch) => clerk({ publishableKey: KEY, fetch }).forOrigins?.(['https://app.example.com']) ?? preset
    for (const azp of [undefined, 'https://app.example.com']) expect((await verified('clerk', ofSite, { azp })).subject).toBe('ada')
    expect((await refusalOf(verified('clerk', ofSite, { azp: 'https://other.example.com' }))).reason).toBe('party_mismatch')
    expect(preset.forOrigins?.(['https://app.example.com'])).toMatchObject({ name: 'clerk', cookie: '__session' })
  })

  it('clerk takes every origin of its site, however many; a refusal names some of them', async () => {
    const origins = Array.from({ length: 1_500 }, (_, index) => `https://shop${index}.example.com`)
    const ofSite = (fetch: typeof globalThis.fetch) => clerk({ publishableKey: KEY, fetch }).forOrigins!(origins)
    expect((await verified('clerk', ofSite, { azp: 'https://shop1499.example.com' })).subject).toBe('ada')
    const refusal = await refusalOf(verified('clerk', ofSite, { azp: 'https://other.example.com' }))
    expect([refusal.reason, refusal.message.length < 1_000]).toEqual(['party_mismatch', true])
    expect(refusal.message).toContain('https://shop9.example.com or 1490 others')
  })

  it('keycloak accepts access tokens that say so in their header, as a client can be told to', async () => {
    const { signer, published = {}, preset } = providerOf('keycloak')
    await using served = await serveProvider(published)
    const token = withHeader(signer, { typ: 'at+jwt' })
    await expect(verifySession(token, preset(served.fetch), { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })

  it('clerk accepts the older tokens that do not say whether the session is pending', async () => {
    const make = (fetch: typeof globalThis.fetch) => clerk({ publishableKey: KEY, fetch })
    expect((await verified('clerk', make, { sts: undefined, v: undefined })).subject).toBe('ada')
  })

  it('cognito accepts both issuers that a pool may have, and no third', async () => {
    const pool = { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: '4l9examplel0client' }
    const make = (fetch: typeof globalThis.fetch) => cognito({ ...pool, fetch })
    const iss = (host: string) => ({ iss: `https://${host}.eu-west-1.amazonaws.com/${pool.userPoolId}` })
    expect((await verified('cognito', make, iss('issuer-cognito-idp'))).issuer).toContain('issuer-')
    expect((await refusalOf(verified('cognito', make, iss('cognito')))).reason).toBe('issuer_mismatch')
  })

  it('workos accepts the issuers that it is seen to use, or one custom domain alone', async () => {
    const usual = (fetch: typeof globalThis.fetch) => workos({ clientId: WORKOS, fetch })
    for (const iss of ['https://api.workos.com', 'https://api.workos.com/', `https://api.workos.com/user_management/${WORKOS}`]) {
      expect((await verified('workos', usual, { iss })).issuer).toBe(iss)
    }
    const other = verified('workos', usual, { iss: 'https://api.workos.com/user_management/client_other' })
    expect((await refusalOf(other)).reason).toBe('issuer_mismatch')
    const custom = (fetch: typeof globalThis.fetch) => workos({ clientId: WORKOS, issuer: 'https://auth.example.com', fetch })
    expect((await verified('workos', custom, { iss: 'https://auth.example.com' })).subject).toBe('ada')
    expect((await refusalOf(verified('workos', custom, { iss: 'https://api.workos.com' }))).reason).toBe('issuer_mismatch')
  })

  it('Supabase: both kinds of key are accepted while a project migrates, each with its own preset', async () => {
    const legacy = providerOf('supabase, legacy secret')
    const { signer, published = {} } = providerOf('supabase')
    await using served = await serveProvider(published)
    const presets = [supabase({ url: PROJECT, fetch: served.fetch }), legacy.preset(served.fetch)]
    for (const each of [signer, legacy.signer]) {
      await expect(verifySession(forgeToken(each), presets, { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
    }
  })

  it('emailVerified names another claim: only that one counts', async () => {
    const signer = secretSigner()
    const preset = sharedSecret({ secret: signer.secret, emailVerified: ['https://example.com/verified'] })
    const attempt = (verified: unknown) => {
      const token = withClaims(signer, { email_verified: false, 'https://example.com/verified': verified })
      return verifySession(token, preset, { now: after(0) })
    }
    await expect(attempt(true)).resolves.toMatchObject({ email: 'ada@example.com', emailVerified: true })
    expect(await attempt(false)).not.toHaveProperty('email')
  })
})
