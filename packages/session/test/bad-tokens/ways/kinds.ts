import type { BadToken } from '../../support/check-bad-tokens.ts'
import { encodePart, forgeToken, goodClaims, inPlaceOf, withClaims } from '../../support/forge-token.ts'
import type { Members } from '../../support/forge-token.ts'
import { NOW_SECONDS } from '../../support/moment.ts'
import { rsaSigner } from '../../support/signers.ts'
import type { Stage } from '../../support/stages.ts'
import { isNamed } from '../../support/traits.ts'

const claims = (changes: Members) => ({ signer }: Stage) => withClaims(signer, changes)
const stranger = rsaSigner('google')
const factors = (...authenticationFactors: Members[]) => ({
  'https://stytch.com/session': { id: 's1', authentication_factors: authenticationFactors },
})

/** Another party's token: validly signed by the same provider, made for somebody else. */
const PARTIES: readonly BadToken[] = [
  {
    number: 116,
    name: 'azp of another origin',
    make: claims({ azp: 'https://evil.example' }),
    on: isNamed('clerk'),
    reason: 'party_mismatch',
  },
  {
    number: 116,
    name: 'azp of another app',
    make: claims({ azp: 'other' }),
    on: isNamed('auth0', 'keycloak', 'oidc'),
    reason: 'party_mismatch',
  },
  {
    number: 116,
    name: 'azp with ours as its beginning',
    make: claims({ azp: 'https://app.example.com.evil' }),
    on: isNamed('clerk'),
    reason: 'party_mismatch',
  },
  {
    number: 116,
    name: 'azp a list with ours',
    make: claims({ azp: ['https://app.example.com'] }),
    on: isNamed('clerk'),
    reason: 'claim_malformed',
  },
  { number: 116, name: 'cid of another app', make: claims({ cid: 'other' }), on: isNamed('okta'), reason: 'party_mismatch' },
  {
    number: 116,
    name: 'client_id of another app',
    make: claims({ client_id: 'other' }),
    on: isNamed('cognito, access token'),
    reason: 'party_mismatch',
  },
  {
    number: 117,
    name: 'azp missing',
    make: claims({ azp: undefined }),
    on: isNamed('auth0', 'clerk', 'keycloak', 'oidc'),
    reason: 'claim_missing',
  },
  { number: 117, name: 'cid missing', make: claims({ cid: undefined }), on: isNamed('okta'), reason: 'claim_missing' },
  {
    number: 117,
    name: 'client_id missing',
    make: claims({ client_id: undefined }),
    on: isNamed('cognito, access token'),
    reason: 'claim_missing',
  },
  {
    number: 132,
    name: 'an ID token of Google for the same project',
    make: ({ signer }) =>
      withClaims(inPlaceOf(signer, stranger), { iss: 'https://accounts.google.com', aud: '123.apps.googleusercontent.com' }),
    on: isNamed('firebase'),
    reason: 'unknown_kid',
  },
  {
    number: 132,
    name: 'a token of another project, signed with the same keys',
    make: claims({ iss: 'https://securetoken.google.com/other-prod', aud: 'other-prod' }),
    on: isNamed('firebase'),
    reason: 'issuer_mismatch',
  },
  {
    number: 147,
    name: 'a token of another scope',
    make: claims({ scp: 'admin' }),
    on: isNamed('deviseJwt'),
    reason: 'kind_not_allowed',
  },
  {
    number: 147,
    name: 'a token without scope',
    make: claims({ scp: undefined }),
    on: isNamed('deviseJwt'),
    reason: 'claim_missing',
  },
]

/** A token of the same person, made for something else. */
const PURPOSES: readonly BadToken[] = [
  {
    number: 122,
    name: 'an access token where the ID token is wanted',
    make: claims({ token_use: 'access' }),
    on: isNamed('cognito'),
    reason: 'kind_not_allowed',
  },
  {
    number: 122,
    name: 'a whole access token where the ID token is wanted',
    make: claims({ token_use: 'access', aud: undefined, client_id: '4l9examplel0client' }),
    on: isNamed('cognito'),
    reason: 'claim_missing',
  },
  {
    number: 123,
    name: 'an ID token where the access token is wanted',
    make: claims({ token_use: 'id', aud: '4l9examplel0client' }),
    on: isNamed('cognito, access token'),
    reason: 'kind_not_allowed',
  },
  {
    number: 123,
    name: 'no token_use',
    make: claims({ token_use: undefined }),
    on: isNamed('cognito', 'cognito, access token'),
    reason: 'claim_missing',
  },
  {
    number: 123,
    name: 'an ID token as access token',
    make: claims({ aud: 'spa1' }),
    on: isNamed('auth0', 'okta', 'oidc'),
    reason: 'audience_mismatch',
  },
  {
    number: 124,
    name: 'a refresh token',
    make: claims({ token_type: 'refresh' }),
    on: isNamed('simplejwt'),
    reason: 'kind_not_allowed',
  },
  {
    number: 124,
    name: 'a sliding token',
    make: claims({ token_type: 'sliding' }),
    on: isNamed('simplejwt'),
    reason: 'kind_not_allowed',
  },
  {
    number: 124,
    name: 'no token_type',
    make: claims({ token_type: undefined }),
    on: isNamed('simplejwt'),
    reason: 'claim_missing',
  },
  {
    number: 124,
    name: 'token_type a list with access',
    make: claims({ token_type: ['access'] }),
    on: isNamed('simplejwt'),
    reason: 'claim_malformed',
  },
  {
    number: 125,
    name: 'a refresh token as access token',
    make: claims({ typ: 'Refresh' }),
    on: isNamed('keycloak'),
    reason: 'kind_not_allowed',
  },
  {
    number: 125,
    name: 'an offline token as access token',
    make: claims({ typ: 'Offline' }),
    on: isNamed('keycloak'),
    reason: 'kind_not_allowed',
  },
  {
    number: 125,
    name: 'an ID token as access token',
    make: claims({ typ: 'ID', aud: 'web' }),
    on: isNamed('keycloak'),
    reason: 'kind_not_allowed',
  },
  { number: 125, name: 'no typ claim', make: claims({ typ: undefined }), on: isNamed('keycloak'), reason: 'claim_missing' },
  {
    number: 129,
    name: 'a token of the emulator, which is not signed',
    make: ({ signer }) => `${encodePart({ alg: 'none', typ: 'JWT' })}.${encodePart(goodClaims(signer))}.`,
    on: isNamed('firebase'),
    reason: 'not_canonical',
  },
  {
    number: 130,
    name: 'a session cookie as ID token',
    make: claims({ iss: 'https://session.firebase.google.com/acme-prod' }),
    on: isNamed('firebase'),
    reason: 'issuer_mismatch',
  },
  {
    number: 131,
    name: 'a custom token',
    make: () => forgeToken(stranger, { payload: customToken() }),
    on: isNamed('firebase'),
    reason: 'unknown_kid',
  },
  {
    number: 131,
    name: 'a custom token, signed with the right key',
    make: ({ signer }) => forgeToken(signer, { payload: customToken() }),
    on: isNamed('firebase'),
    reason: 'issuer_mismatch',
  },
  {
    number: 131,
    name: 'no auth_time',
    make: claims({ auth_time: undefined }),
    on: isNamed('firebase'),
    reason: 'kind_not_allowed',
  },
]

/** Not a person at all, or one who has not signed in. */
const NOBODIES: readonly BadToken[] = [
  {
    number: 126,
    name: 'the anon API key',
    make: ({ signer }) => forgeToken(signer, { payload: apiKey('anon') }),
    on: isNamed('supabase, legacy secret'),
    reason: 'issuer_mismatch',
  },
  {
    number: 127,
    name: 'the service_role API key',
    make: ({ signer }) => forgeToken(signer, { payload: apiKey('service_role') }),
    on: isNamed('supabase, legacy secret'),
    reason: 'issuer_mismatch',
  },
  {
    number: 126,
    name: 'role anon',
    make: claims({ role: 'anon' }),
    on: isNamed('supabase', 'supabase, legacy secret'),
    reason: 'kind_not_allowed',
  },
  {
    number: 127,
    name: 'role service_role',
    make: claims({ role: 'service_role' }),
    on: isNamed('supabase', 'supabase, legacy secret'),
    reason: 'kind_not_allowed',
  },
  {
    number: 127,
    name: 'no role',
    make: claims({ role: undefined }),
    on: isNamed('supabase', 'supabase, legacy secret'),
    reason: 'claim_missing',
  },
  {
    number: 128,
    name: 'is_anonymous',
    make: claims({ is_anonymous: true }),
    on: isNamed('supabase', 'supabase, legacy secret'),
    reason: 'kind_not_allowed',
  },
  {
    number: 128,
    name: 'an anonymous sign-in',
    make: claims({ firebase: { identities: {}, sign_in_provider: 'anonymous' } }),
    on: isNamed('firebase'),
    reason: 'kind_not_allowed',
  },
  {
    number: 135,
    name: 'a session that is still pending',
    make: claims({ sts: 'pending' }),
    on: isNamed('clerk'),
    reason: 'kind_not_allowed',
  },
  {
    number: 135,
    name: 'a token without session',
    make: claims({ sid: undefined }),
    on: isNamed('clerk', 'workos'),
    reason: 'claim_missing',
  },
  {
    number: 135,
    name: 'a token without session',
    make: claims({ 'https://stytch.com/session': undefined }),
    on: isNamed('stytch'),
    reason: 'kind_not_allowed',
  },
  {
    number: 135,
    name: 'a token of a machine',
    make: claims({ gty: 'client-credentials', sub: 'spa1@clients' }),
    on: isNamed('auth0'),
    reason: 'kind_not_allowed',
  },
  { number: 135, name: 'a token of a machine', make: claims({ sub: 'spa1' }), on: isNamed('okta'), reason: 'kind_not_allowed' },
  {
    number: 135,
    name: 'a token of a machine',
    make: claims({ sub: '4l9examplel0client' }),
    on: isNamed('cognito, access token'),
    reason: 'kind_not_allowed',
  },
  {
    number: 135,
    name: 'a token of a service account',
    make: claims({ preferred_username: 'service-account-web' }),
    on: isNamed('keycloak'),
    reason: 'kind_not_allowed',
  },
  {
    number: 136,
    name: 'somebody else acts in the name of the person',
    make: claims({ act: { sub: 'support@example.com' } }),
    on: isNamed('auth0', 'clerk', 'okta', 'keycloak', 'workos'),
    reason: 'impersonated',
  },
  {
    number: 136,
    name: 'somebody else acts in the name of the person',
    make: claims(factors({ type: 'impersonated', delivery_method: 'impersonation' })),
    on: isNamed('stytch'),
    reason: 'impersonated',
  },
  {
    number: 148,
    name: 'a token without jti',
    make: claims({ jti: undefined }),
    on: isNamed('deviseJwt'),
    reason: 'claim_missing',
  },
  {
    number: 121,
    name: 'sub of 129 characters',
    make: claims({ sub: 'a'.repeat(129) }),
    on: isNamed('firebase'),
    reason: 'claim_malformed',
  },
  {
    number: 120,
    name: 'a user id that is a fraction',
    make: claims({ user_id: 4.2 }),
    on: isNamed('simplejwt'),
    reason: 'claim_malformed',
  },
  {
    number: 120,
    name: 'a user id too large to be exact',
    make: claims({ user_id: 2 ** 53 }),
    on: isNamed('simplejwt'),
    reason: 'claim_malformed',
  },
  {
    number: 120,
    name: 'a user id that is true',
    make: claims({ user_id: true }),
    on: isNamed('simplejwt'),
    reason: 'claim_malformed',
  },
]

export const KINDS: readonly BadToken[] = [...PARTIES, ...PURPOSES, ...NOBODIES]

/** What Supabase hands out as an API key: a token of ten years. */
function apiKey(role: string): Members {
  return { iss: 'supabase', ref: 'abcdefgh', role, iat: NOW_SECONDS - 1000, exp: NOW_SECONDS + 300 }
}

/** What a backend makes so that somebody can sign in with it. */
function customToken(): Members {
  const account = 'firebase-adminsdk@acme-prod.iam.gserviceaccount.com'
  const audience = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit'
  return { iss: account, sub: account, aud: audience, uid: 'ada', iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 300 }
}
