import type { BadToken } from '../../support/check-bad-tokens.ts'
import { encodePart, forgeToken, goodClaims, withClaims, withHeader } from '../../support/forge-token.ts'
import type { Members } from '../../support/forge-token.ts'
import { NOW_SECONDS } from '../../support/moment.ts'
import { rsaSigner } from '../../support/signers.ts'
import type { Stage } from '../../support/stages.ts'
import { isNamed, isSigned } from '../../support/traits.ts'

const claims = (changes: Members) => ({ signer }: Stage) => withClaims(signer, changes)
const header = (changes: Members) => ({ signer }: Stage) => withHeader(signer, changes)
const stranger = rsaSigner('stranger')

/** A token of the same person, made for something else. */
export const PURPOSES: readonly BadToken[] = [
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
    number: 123,
    name: 'a token of a JWT template, by its category',
    make: header({ cat: 'cl_B7d4PD222AAA' }),
    on: isNamed('clerk'),
    reason: 'kind_not_allowed',
  },
  {
    number: 123,
    name: 'a token of a machine, by its category',
    make: header({ cat: 'cl_B7d4PD333AAA' }),
    on: isNamed('clerk'),
    reason: 'kind_not_allowed',
  },
  {
    number: 123,
    name: 'a category that is a list',
    make: header({ cat: ['cl_B7d4PD111AAA'] }),
    on: isNamed('clerk'),
    reason: 'header_malformed',
  },
  {
    number: 123,
    name: 'the header parameter of another provider',
    make: header({ cat: 'cl_B7d4PD111AAA' }),
    on: (stage) => isSigned(stage) && stage.name !== 'clerk',
    reason: 'header_not_allowed',
  },
  {
    number: 82,
    name: 'the thumbprint of a certificate, where the provider writes none',
    make: header({ x5t: 'AAAA' }),
    on: (stage) => isSigned(stage) && !['oidc', 'jwks'].includes(stage.preset.name),
    reason: 'header_not_allowed',
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
  {
    number: 131,
    name: 'auth_time later than the token itself',
    make: claims({ auth_time: NOW_SECONDS + 60 }),
    on: isNamed('firebase'),
    reason: 'kind_not_allowed',
  },
]

/** What a backend makes so that somebody can sign in with it. */
function customToken(): Members {
  const account = 'firebase-adminsdk@acme-prod.iam.gserviceaccount.com'
  const audience = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit'
  return { iss: account, sub: account, aud: audience, uid: 'ada', iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 300 }
}
