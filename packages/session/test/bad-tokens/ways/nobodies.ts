import type { BadToken } from '../../support/check-bad-tokens.ts'
import { forgeToken, withClaims } from '../../support/forge-token.ts'
import type { Members } from '../../support/forge-token.ts'
import { NOW_SECONDS } from '../../support/moment.ts'
import type { Stage } from '../../support/stages.ts'
import { isNamed } from '../../support/traits.ts'

const claims = (changes: Members) => ({ signer }: Stage) => withClaims(signer, changes)
const factors = (...authenticationFactors: Members[]) => ({
  'https://stytch.com/session': { id: 's1', authentication_factors: authenticationFactors },
})

/** Not a person at all, or one who has not signed in. */
export const NOBODIES: readonly BadToken[] = [
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
  {
    number: 135,
    name: 'a token of a machine, which does not say so',
    make: claims({ sub: 'spa1@clients' }),
    on: isNamed('auth0, RFC 9068 profile'),
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

/** What Supabase hands out as an API key: a token of ten years. */
function apiKey(role: string): Members {
  return { iss: 'supabase', ref: 'abcdefgh', role, iat: NOW_SECONDS - 1000, exp: NOW_SECONDS + 300 }
}
