import { expect, it } from 'vitest'
import { inspectToken, introspect, jwks, mintSession, sharedSecret, verifySession } from '../../src/index.ts'
import { NOW } from '../support/moment.ts'

const now = () => NOW
const secret = 's'.repeat(32)
const asked: string[] = []
const fetch: typeof globalThis.fetch = (input) => {
  asked.push(String(input))
  return Promise.reject(new Error('nobody is there'))
}
const ours = sharedSecret({ secret, issuer: 'shop', audience: 'trackline' })
const others = jwks({ url: 'https://id.example.com/keys', issuer: 'https://id.example.com/', fetch })
const opaque = introspect({ url: 'https://app.example.com/me', fetch })
const token = await mintSession({ sub: 'ada', secret, issuer: 'shop', audience: 'trackline', now })

it('finds the preset that takes a token, and asks no other party about it', async () => {
  const verdicts = await inspectToken(token, [others, opaque, ours], { now })
  expect(verdicts.map(({ accepts, isTried, isProven }) => [accepts, isTried, isProven])).toEqual([
    [false, false, false],
    [false, false, false],
    [true, true, true],
  ])
  expect(verdicts[0]?.refusals.map(({ reason }) => reason)).toEqual(['alg_not_allowed', 'issuer_mismatch'])
  expect(asked).toEqual([])
})

it('says every rule that refuses a token, and verifySession one of them', async () => {
  const foreign = await mintSession({ sub: 'ada', secret, issuer: 'store', audience: 'other', now })
  const [verdict] = await inspectToken(foreign, [ours], { now })
  expect(verdict).toMatchObject({ accepts: false, isTried: true, isProven: true })
  expect(verdict?.refusals.map(({ reason }) => reason)).toEqual(['issuer_mismatch', 'audience_mismatch'])
  await expect(verifySession(foreign, ours, { now })).rejects.toMatchObject({ reason: 'issuer_mismatch' })
})

it('shows the claims that nobody vouches for, and says so', async () => {
  const [head, payload] = token.split('.')
  const [verdict] = await inspectToken(`${head}.${payload}.${'A'.repeat(43)}`, [ours], { now })
  expect(verdict).toMatchObject({ accepts: false, isProven: false, claims: { sub: 'ada' }, header: { alg: 'HS256' } })
  expect(verdict?.refusals.map(({ reason }) => reason)).toEqual(['signature_mismatch'])
})
