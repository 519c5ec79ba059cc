import type { BadToken } from '../../support/check-bad-tokens.ts'
import { inPlaceOf, withClaims } from '../../support/forge-token.ts'
import type { Members } from '../../support/forge-token.ts'
import { rsaSigner } from '../../support/signers.ts'
import type { Stage } from '../../support/stages.ts'
import { isNamed } from '../../support/traits.ts'

const claims = (changes: Members) => ({ signer }: Stage) => withClaims(signer, changes)
const stranger = rsaSigner('google')

/** Another party's token: validly signed by the same provider, made for somebody else. */
export const PARTIES: readonly BadToken[] = [
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
    on: isNamed('cognito, access token', 'auth0, RFC 9068 profile'),
    reason: 'party_mismatch',
  },
  {
    number: 117,
    name: 'azp missing',
    make: claims({ azp: undefined }),
    on: isNamed('auth0', 'clerk', 'keycloak', 'oidc'),
    reason: 'claim_missing',
  },
  {
    number: 116,
    name: 'client_id ours and azp of another app',
    make: claims({ client_id: 'spa1', azp: 'other' }),
    on: isNamed('auth0', 'auth0, RFC 9068 profile', 'oidc'),
    reason: 'party_mismatch',
  },
  { number: 117, name: 'cid missing', make: claims({ cid: undefined }), on: isNamed('okta'), reason: 'claim_missing' },
  {
    number: 117,
    name: 'client_id missing',
    make: claims({ client_id: undefined }),
    on: isNamed('cognito, access token', 'auth0, RFC 9068 profile'),
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
