import { deviseJwt, jwks, sharedSecret, stytch } from '@trackline/session'
import { expect, it } from 'vitest'
import { sourcesOfPeople } from '../../src/identity/sources-of-people.ts'

const secret = 's'.repeat(32)
const projectId = 'project-live-00000000-0000-0000-0000-000000000000'
const url = 'https://id.example.com/jwks.json'

it.each([
  ['one preset', [sharedSecret({ secret })], 1],
  ['a secret and its successor', [sharedSecret({ secret }), sharedSecret({ secret: `${secret}2` })], 1],
  ['two keys of one issuer', [jwks({ url, issuer: 'https://id.example.com/' }), sharedSecret({ secret, issuer: 'https://id.example.com/' })], 1],
  ['issuers of which one is shared', [stytch({ projectId }), sharedSecret({ secret, issuer: `stytch.com/${projectId}` })], 1],
  ['two that a third joins', [jwks({ url, issuer: `stytch.com/${projectId}` }), jwks({ url, issuer: 'https://id.example.com' }), stytch({ projectId, baseUrl: 'https://id.example.com' })], 1],
  ['two issuers', [jwks({ url, issuer: 'https://a.example.com/' }), jwks({ url, issuer: 'https://b.example.com/' })], 2],
  ['two scopes', [deviseJwt({ secret }), deviseJwt({ secret, scope: 'admin' })], 2],
])('of %s', (_, presets, sources) => {
  expect(sourcesOfPeople(presets)).toHaveLength(sources)
})
