import { describe, expect, it } from 'vitest'
import * as session from '../../src/index.ts'

const SECRET = 'CANARY_secret_0123456789abcdefghijklmnopqrstuv'
const KEY = `pk_live_${btoa('clerk.example.com$')}`

type Make = (options: never) => session.SessionPreset

/** Each preset with the least that it needs, and every way in which its own options can be wrong. */
const PRESETS: readonly { make: Make; least: object; wrong: readonly [object, string][] }[] = [
  {
    make: session.auth0,
    least: { domain: 'acme.eu.auth0.com', audience: 'https://api.example.com' },
    wrong: [
      [
        { domain: 'https://acme.eu.auth0.com/' },
        "`domain` must be a domain such as 'acme.eu.auth0.com', got 'https://acme.eu.auth0.com/'",
      ],
      [{ domain: 'acme.eu.auth0.com/evil' }, '`domain` must be'],
      [{ domain: 'evil@acme.eu.auth0.com' }, '`domain` must be'],
      [{ audience: undefined }, '`audience` must be'],
      [{ clientId: undefined }, '`clientId` must be'],
    ],
  },
  {
    make: session.clerk,
    least: { publishableKey: KEY },
    wrong: [
      [{ publishableKey: `sk_live_${SECRET}` }, '`publishableKey` must be a publishable key'],
      [{ publishableKey: undefined }, 'clerk: expected `publishableKey`'],
      [{ publishableKey: 'pk_live_AAAA' }, 'clerk: expected `publishableKey`'],
      [{ publishableKey: `pk_live_${btoa('evil.example/path$')}` }, 'clerk: expected `publishableKey`'],
      [{ publishableKey: KEY.slice(0, -4) }, 'clerk: expected `publishableKey`'],
      [{ frontendApi: 'https://clerk.example.com' }, '`frontendApi` must be a host'],
      [{ authorizedParties: [] }, '`authorizedParties` must be a list of origins'],
      [{ authorizedParties: undefined }, '`authorizedParties` must be'],
      [{ authorizedParties: 'https://app.example.com' }, '`authorizedParties` must be'],
      [{ allowMissingParty: 'yes' }, '`allowMissingParty` must be true or false'],
      [{ cookie: false }, '`cookie` must be the name of a cookie, or true'],
    ],
  },
  {
    make: session.supabase,
    least: { url: 'https://abcdefgh.supabase.co' },
    wrong: [
      [{ url: 'abcdefgh' }, '`url` must be an https address'],
      [{ url: 'http://abcdefgh.supabase.co' }, '`url` must be'],
      [{ url: 'https://abcdefgh.supabase.co?x=1' }, '`url` must be'],
      [{ jwtSecret: 'CANARY' }, '`jwtSecret` must be a string or Uint8Array of at least 32 bytes'],
      [{ jwtSecret: undefined }, '`jwtSecret` must be'],
      [{ anonymous: 1 }, '`anonymous` must be'],
    ],
  },
  {
    make: session.firebase,
    least: { projectId: 'acme-prod' },
    wrong: [
      [{ projectId: '../other' }, '`projectId` must be a project id'],
      [{ projectId: 'Acme Prod' }, '`projectId` must be'],
      [{ projectId: undefined }, '`projectId` must be'],
      [{ audience: 'x' }, "'audience' is not an option"],
    ],
  },
  {
    make: session.cognito,
    least: { userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'abc' },
    wrong: [
      [{ userPoolId: 'AbCdEfGhI' }, "`userPoolId` must be a pool id such as 'eu-west-1_AbCdEfGhI', got 'AbCdEfGhI'"],
      [{ userPoolId: 'eu-west-1.evil.example/_x' }, '`userPoolId` must be'],
      [{ clientId: undefined }, '`clientId` must be'],
      [{ tokenUse: 'refresh' }, "`tokenUse` must be 'id' or 'access', got 'refresh'"],
    ],
  },
  {
    make: session.okta,
    least: { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' },
    wrong: [
      [{ issuer: 'https://acme.okta.com' }, 'the issuer of a custom authorization server'],
      [{ issuer: 'https://acme.okta.com/oauth2/default/' }, 'without a slash at its end'],
      [{ audience: undefined }, '`audience` must be'],
    ],
  },
  {
    make: session.keycloak,
    least: { issuer: 'https://id.example.com/realms/acme', clientId: 'web' },
    wrong: [
      [{ issuer: 'https://id.example.com/realms/acme/' }, '`issuer` must be'],
      [{ issuer: 'http://id.example.com/realms/acme' }, '`issuer` must be'],
      [{ clientId: undefined }, '`clientId` must be'],
      [{ algorithms: ['HS256'] }, '`algorithms` must be'],
    ],
  },
  {
    make: session.workos,
    least: { clientId: 'client_01HXYZ' },
    wrong: [
      [{ clientId: 'client_01/../x' }, '`clientId` must be a client id'],
      [{ issuer: 'workos' }, '`issuer` must be'],
    ],
  },
  {
    make: session.stytch,
    least: { projectId: 'project-live-12345678-1234-4123-8123-123456789abc' },
    wrong: [
      [{ projectId: 'project-live-1/../x' }, '`projectId` must be a project id'],
      [{ baseUrl: 'http://login.example.com' }, '`baseUrl` must be'],
      [{ baseUrl: undefined }, '`baseUrl` must be'],
    ],
  },
  {
    make: session.betterAuth,
    least: { baseURL: 'https://app.example.com' },
    wrong: [
      [{ baseURL: 'app.example.com' }, '`baseURL` must be an https address'],
      [{ basePath: 'api/auth' }, "`basePath` must be a path such as '/api/auth'"],
      [{ basePath: '/api?x' }, '`basePath` must be'],
      [{ issuer: undefined }, '`issuer` must be'],
    ],
  },
  {
    make: session.authjs,
    least: { secret: SECRET },
    wrong: [
      [{ secret: 'CANARY' }, '`secret` must be'],
      [{ secret: undefined }, '`secret` must be'],
      [{ version: 3 }, '`version` must be 4 or 5, got 3'],
      [{ secure: 'no' }, '`secure` must be true or false'],
    ],
  },
  {
    make: session.simplejwt,
    least: { secret: SECRET },
    wrong: [
      [{ secret: 'CANARY' }, '`secret` must be'],
      [{ userIdClaim: '' }, '`userIdClaim` must be the name of a claim'],
      [{ issuer: undefined }, '`issuer` must be'],
    ],
  },
  {
    make: session.deviseJwt,
    least: { secret: SECRET },
    wrong: [
      [{ secret: 'CANARY' }, '`secret` must be'],
      [{ scope: 'User!' }, "`scope` must be the name of a Warden scope, such as 'user'"],
    ],
  },
  {
    make: session.oidc,
    least: { issuer: 'https://id.example.com/', audience: 'api1' },
    wrong: [
      [{ issuer: 'id.example.com' }, '`issuer` must be'],
      [{ issuer: 'https://id.example.com/#x' }, '`issuer` must be'],
      [{ audience: undefined }, '`audience` must be'],
      [{ clientId: undefined }, '`clientId` must be'],
      [{ types: ['logout+jwt'] }, '`types` must be'],
    ],
  },
]

const COMMON: readonly [object, string][] = [
  [{ cookie: 'my session' }, '`cookie` must be'],
  [{ email: 'email' }, '`email` must be a list of 1 to 8 names that lead to the email claim'],
  [{ emailVerified: [] }, '`emailVerified` must be a list of 1 to 8 names'],
  [{ maxLifetimeSeconds: 0 }, '`maxLifetimeSeconds` must be'],
  [{ maxLifetimeSeconds: undefined }, '`maxLifetimeSeconds` must be'],
  [{ impersonation: true }, "`impersonation` must be 'refuse' or 'flag', got true"],
  [{ audiance: 'x' }, "'audiance' is not an option"],
]

describe.each(PRESETS.map((row) => ({ ...row, name: row.make.name })))('the options of $name', ({ make, least, wrong }) => {
  // A caller without types can pass anything.
  const made = (options: object) => () => make({ ...least, ...options } as never)

  it('the least that it needs is enough, and every preset limits how long a token may live', () => {
    expect(made({})().maxLifetimeSeconds).toBeGreaterThan(0)
    expect(made({ maxLifetimeSeconds: 7200 })().maxLifetimeSeconds).toBe(7200)
  })

  it.each([...COMMON, ...wrong])('%j is a TypeError', (options, message) => {
    expect(made(options)).toThrow(TypeError)
    expect(made(options)).toThrow(message)
  })

  it('no message shows a secret', () => {
    const secrets = wrong.filter(([options]) => /secret|Key/.test(JSON.stringify(options)))
    for (const [options] of secrets) expect(made(options)).not.toThrow('CANARY')
  })
})

describe('where a preset looks for keys', () => {
  it.each([
    [
      session.cognito({ userPoolId: 'cn-north-1_AbC', clientId: 'a' }),
      'https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbC/.well-known/jwks.json',
    ],
    [
      session.cognito({ userPoolId: 'us-gov-west-1_AbC', clientId: 'a' }),
      'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_AbC/.well-known/jwks.json',
    ],
    [
      session.stytch({ projectId: 'project-test-12345678-1234-4123-8123-123456789abc' }),
      'https://test.stytch.com/v1/sessions/jwks/project-test-12345678-1234-4123-8123-123456789abc',
    ],
    [session.betterAuth({ baseURL: 'https://app.example.com/', basePath: '/auth' }), 'https://app.example.com/auth/jwks'],
    [session.betterAuth({ baseURL: 'https://app.example.com/my/auth' }), 'https://app.example.com/my/auth/jwks'],
    [session.supabase({ url: 'http://127.0.0.1:54321/' }), 'http://127.0.0.1:54321/auth/v1/.well-known/jwks.json'],
    [
      session.clerk({ publishableKey: `pk_test_${btoa('happy-cat-1.clerk.accounts.dev$')}` }),
      'https://happy-cat-1.clerk.accounts.dev/.well-known/jwks.json',
    ],
    [
      session.clerk({ publishableKey: KEY, frontendApi: 'clerk.satellite.com' }),
      'https://clerk.satellite.com/.well-known/jwks.json',
    ],
  ])('%#: it is the address that the provider documents', (preset, address) => {
    expect(preset.keySource).toBe(address)
  })
})
