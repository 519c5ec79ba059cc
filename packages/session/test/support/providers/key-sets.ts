import { auth0, betterAuth, clerk, cognito, firebase, keycloak } from '../../../src/index.ts'
import { oidc, okta, stytch, supabase, workos } from '../../../src/index.ts'
import { NOW_SECONDS } from '../moment.ts'
import type { Provider } from '../providers.ts'
import { ecSigner, edSigner, rsaSigner } from '../signers.ts'
import type { KeySigner } from '../signers.ts'

const rsa = rsaSigner()
const ec = ecSigner()
const ed = edSigner()

const TIMES = { iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 300 }
const EMAIL = { email: 'ada@example.com', email_verified: true }
const ADA = 'ada@example.com'

const POOL = 'eu-west-1_AbCdEfGhI'
const APP = '4l9examplel0client'
const COGNITO = `https://cognito-idp.eu-west-1.amazonaws.com/${POOL}`
const REALM = 'https://id.example.com/realms/acme'
const OKTA = 'https://acme.okta.com/oauth2/default'
const STYTCH = 'project-live-12345678-1234-4123-8123-123456789abc'
const WORKOS = 'client_01HXYZ'
const ENTRA = 'https://sts.windows.net/11111111-2222-4333-8444-555555555555/'
const TENANT = 'https://login.example.com/tenant/v2.0'

interface Sketch extends Omit<Provider, 'signer' | 'key' | 'published'> {
  readonly key: KeySigner
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  readonly keysAt: string
  /** What else is published. */
  readonly documents?: Readonly<Record<string, unknown>>
}

/** Claims as each provider's own documentation shows them; `sub` is shortened to 'ada'. */
const SKETCHES: readonly Sketch[] = [
  {
    name: 'auth0',
    key: rsa,
    preset: (fetch) =>
      auth0({
        domain: 'acme.eu.auth0.com',
        audience: 'https://api.example.com',
        clientId: 'spa1',
        email: ['https://example.com/email'],
        fetch,
      }),
    header: { alg: 'RS256', typ: 'JWT', kid: rsa.kid },
    claims: {
      iss: 'https://acme.eu.auth0.com/',
      sub: 'ada',
      aud: ['https://api.example.com', 'https://acme.eu.auth0.com/userinfo'],
      azp: 'spa1',
      scope: 'openid profile email',
      'https://example.com/email': ADA,
      ...TIMES,
    },
    email: ADA,
    keysAt: 'https://acme.eu.auth0.com/.well-known/jwks.json',
  },
  {
    name: 'auth0, RFC 9068 profile',
    key: rsa,
    preset: (fetch) => auth0({ domain: 'acme.eu.auth0.com', audience: 'https://api.example.com', clientId: 'spa1', fetch }),
    header: { alg: 'RS256', typ: 'at+jwt', kid: rsa.kid },
    claims: {
      iss: 'https://acme.eu.auth0.com/',
      sub: 'ada',
      aud: ['https://api.example.com', 'https://acme.eu.auth0.com/userinfo'],
      client_id: 'spa1',
      jti: 'j1',
      scope: 'openid profile email',
      ...TIMES,
    },
    keysAt: 'https://acme.eu.auth0.com/.well-known/jwks.json',
  },
  {
    name: 'clerk',
    key: rsa,
    preset: (fetch) =>
      clerk({
        publishableKey: `pk_live_${btoa('clerk.example.com$')}`,
        authorizedParties: ['https://app.example.com'],
        fetch,
      }),
    header: { alg: 'RS256', cat: 'cl_B7d4PD111AAA', kid: rsa.kid, typ: 'JWT' },
    claims: {
      iss: 'https://clerk.example.com',
      sub: 'ada',
      azp: 'https://app.example.com',
      sid: 'sess_2a',
      sts: 'active',
      fva: [7, -1],
      v: 2,
      nbf: NOW_SECONDS - 20,
      ...TIMES,
      email: ADA,
    },
    email: ADA,
    keysAt: 'https://clerk.example.com/.well-known/jwks.json',
  },
  {
    name: 'supabase',
    key: ec,
    preset: (fetch) => supabase({ url: 'https://abcdefgh.supabase.co', cookie: true, fetch }),
    claims: {
      iss: 'https://abcdefgh.supabase.co/auth/v1',
      sub: 'ada',
      aud: 'authenticated',
      role: 'authenticated',
      email: ADA,
      phone: '',
      aal: 'aal1',
      amr: [{ method: 'password', timestamp: NOW_SECONDS - 10 }],
      session_id: 's1',
      is_anonymous: false,
      user_metadata: { email: 'eve@example.com', email_verified: true },
      app_metadata: { provider: 'email', providers: ['email'] },
      ...TIMES,
    },
    email: ADA,
    keysAt: 'https://abcdefgh.supabase.co/auth/v1/.well-known/jwks.json',
  },
  {
    name: 'firebase',
    key: rsa,
    preset: (fetch) => firebase({ projectId: 'acme-prod', fetch }),
    claims: {
      iss: 'https://securetoken.google.com/acme-prod',
      aud: 'acme-prod',
      sub: 'ada',
      user_id: 'ada',
      auth_time: NOW_SECONDS - 100,
      firebase: { identities: { email: [ADA] }, sign_in_provider: 'password' },
      ...EMAIL,
      ...TIMES,
    },
    email: ADA,
    keysAt: 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  },
  {
    name: 'cognito',
    key: rsa,
    preset: (fetch) => cognito({ userPoolId: POOL, clientId: APP, fetch }),
    header: { kid: rsa.kid, alg: 'RS256' },
    claims: {
      iss: COGNITO,
      sub: 'ada',
      aud: APP,
      token_use: 'id',
      'cognito:username': 'ada',
      auth_time: NOW_SECONDS - 10,
      ...EMAIL,
      ...TIMES,
    },
    email: ADA,
    keysAt: `${COGNITO}/.well-known/jwks.json`,
  },
  {
    name: 'cognito, access token',
    key: rsa,
    preset: (fetch) => cognito({ userPoolId: POOL, clientId: APP, tokenUse: 'access', fetch }),
    header: { kid: rsa.kid, alg: 'RS256' },
    claims: { iss: COGNITO, sub: 'ada', client_id: APP, token_use: 'access', scope: 'openid', username: 'ada', ...TIMES },
    keysAt: `${COGNITO}/.well-known/jwks.json`,
  },
  {
    name: 'okta',
    key: rsa,
    preset: (fetch) => okta({ issuer: OKTA, audience: 'api://default', clientId: 'spa1', fetch }),
    header: { kid: rsa.kid, alg: 'RS256' },
    claims: { ver: 1, jti: 'AT.1', iss: OKTA, aud: 'api://default', cid: 'spa1', uid: '00u1', sub: 'ada', ...TIMES },
    keysAt: `${OKTA}/v1/keys`,
  },
  {
    name: 'keycloak',
    key: rsa,
    preset: (fetch) => keycloak({ issuer: REALM, clientId: 'web', fetch }),
    claims: {
      iss: REALM,
      aud: 'account',
      sub: 'ada',
      typ: 'Bearer',
      azp: 'web',
      sid: 's1',
      jti: 'j1',
      preferred_username: 'ada',
      realm_access: { roles: ['user'] },
      ...EMAIL,
      ...TIMES,
    },
    email: ADA,
    keysAt: `${REALM}/protocol/openid-connect/certs`,
  },
  {
    name: 'workos',
    key: rsa,
    preset: (fetch) => workos({ clientId: WORKOS, fetch }),
    claims: {
      iss: `https://api.workos.com/user_management/${WORKOS}`,
      sub: 'ada',
      sid: 'session_1',
      org_id: 'org_1',
      role: 'member',
      permissions: ['posts:read'],
      jti: 'j1',
      email: ADA,
      ...TIMES,
    },
    email: ADA,
    keysAt: `https://api.workos.com/sso/jwks/${WORKOS}`,
  },
  {
    name: 'stytch',
    key: rsa,
    preset: (fetch) => stytch({ projectId: STYTCH, cookie: true, fetch }),
    claims: {
      iss: `stytch.com/${STYTCH}`,
      aud: [STYTCH],
      sub: 'ada',
      nbf: NOW_SECONDS - 10,
      'https://stytch.com/session': {
        id: 'session-live-1',
        authentication_factors: [
          { type: 'totp', delivery_method: 'authenticator_app' },
          { type: 'magic_link', delivery_method: 'email', email_factor: { email_id: 'email-live-1', email_address: ADA } },
        ],
      },
      ...TIMES,
    },
    email: ADA,
    keysAt: `https://api.stytch.com/v1/sessions/jwks/${STYTCH}`,
  },
  {
    name: 'betterAuth',
    key: ed,
    preset: (fetch) => betterAuth({ baseURL: 'https://app.example.com', fetch }),
    header: { alg: 'EdDSA', kid: ed.kid },
    claims: {
      iss: 'https://app.example.com',
      aud: 'https://app.example.com',
      sub: 'ada',
      id: 'ada',
      name: 'Ada',
      email: ADA,
      emailVerified: true,
      image: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      ...TIMES,
    },
    email: ADA,
    keysAt: 'https://app.example.com/api/auth/jwks',
  },
  {
    name: 'oidc, Entra version 1',
    key: rsa,
    preset: (fetch) => oidc({ issuer: ENTRA, audience: 'api://acme', fetch }),
    header: { typ: 'JWT', alg: 'RS256', x5t: rsa.kid, kid: rsa.kid },
    claims: { iss: ENTRA, aud: 'api://acme', appid: 'spa1', sub: 'ada', upn: ADA, ver: '1.0', ...TIMES },
    keysAt: 'https://login.example.com/common/keys',
    documents: { [`${ENTRA}.well-known/openid-configuration`]: { issuer: ENTRA, jwks_uri: 'https://login.example.com/common/keys' } },
  },
  {
    name: 'oidc',
    key: ec,
    preset: (fetch) => oidc({ issuer: TENANT, audience: 'api1', clientId: 'spa1', fetch }),
    claims: { iss: TENANT, aud: 'api1', azp: 'spa1', sub: 'ada', ...EMAIL, ...TIMES },
    email: ADA,
    keysAt: 'https://keys.example.com/v2/keys',
    documents: {
      [`${TENANT}/.well-known/openid-configuration`]: { issuer: TENANT, jwks_uri: 'https://keys.example.com/v2/keys' },
    },
  },
]

export const KEY_SET_PROVIDERS: readonly Provider[] = SKETCHES.map(({ key, header, claims, keysAt, documents, ...sketch }) => ({
  ...sketch,
  key,
  signer: { ...key, good: { claims, header: header ?? { alg: key.alg, kid: key.kid, typ: 'JWT' } } },
  published: { ...documents, [keysAt]: [key.publicJwk] },
}))
