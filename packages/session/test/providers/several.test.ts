import { afterAll, describe, expect, it } from 'vitest'
import { authjs, introspect, verifySession } from '../../src/index.ts'
import { forgeToken, inPlaceOf } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { openProvider, PROVIDERS } from '../support/providers.ts'
import { refusalOf } from '../support/refusal-of.ts'
import { edSigner, rsaSigner } from '../support/signers.ts'

// One of each kind: two tokens of one issuer could not be told apart by their issuer.
const LEFT_OUT = ['auth0, RFC 9068 profile', 'cognito, access token', 'deviseJwt', 'introspect, by bearer', 'introspect, by cookie']
const stages = await Promise.all(PROVIDERS.filter(({ name }) => !LEFT_OUT.includes(name)).map(openProvider))
const presets = stages.map(({ preset }) => preset)
const requests = () => stages.map((stage) => stage.hits?.() ?? 0)
afterAll(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())))

describe('one site with kinds of many providers of session', () => {
  const numbered = stages.map((stage, index) => [stage.name, stage, index] as const)
  it.each(numbered)('accepts a token of %s, and asks nobody else', async (_, stage, index) => {
    const before = requests()
    const session = await verifySession(forgeToken(stage.signer), presets, { now: after(0) })
    expect(session).toMatchObject({ subject: stage.subject ?? 'ada' })
    const asked = requests().map((count, at) => count - (before[at] ?? 0))
    expect(asked.filter((count, at) => count > 0 && at !== index)).toEqual([])
  })

  it.each(stages.filter(({ key }) => key).map((stage) => [stage.name, stage] as const))(
    'bad token 85: a token that names %s and is signed by a stranger is refused, and no endpoint is shown it',
    async (_, { signer, key }) => {
      const stranger = key?.alg === 'EdDSA' ? rsaSigner('stranger') : edSigner('stranger')
      const forged = forgeToken(inPlaceOf(signer, stranger))
      expect(await refusalOf(verifySession(forged, presets, { now: after(0) }))).toMatchObject({ code: 'SESSION_INVALID' })
    },
  )

  it('shows no endpoint the token of an issuer that has a preset of its own, not even a forged one', async () => {
    const asked: string[] = []
    const refusing: typeof fetch = async (_, init) => (asked.push(String(init?.body)), Response.error())
    const nosy = introspect({ url: 'https://other.example.com/who', fetch: refusing })
    const [auth0] = stages
    const forged = forgeToken(inPlaceOf(auth0?.signer ?? edSigner(), rsaSigner('x')))
    const refusal = await refusalOf(verifySession(forged, [...presets.slice(0, 1), nosy], { now: after(0) }))
    expect(refusal.reason).toBe('unknown_kid')
    expect(asked).toEqual([])
  })

  it('accepts the old Auth.js secret beside the new one while it is rotated', async () => {
    const stage = stages.find(({ name }) => name === 'authjs')
    const newer = authjs({ secret: 'n'.repeat(32) })
    const token = forgeToken(stage?.signer ?? rsaSigner())
    expect((await refusalOf(verifySession(token, newer, { now: after(0) }))).reason).toBe('decryption_failed')
    await expect(verifySession(token, [newer, ...presets], { now: after(0) })).resolves.toMatchObject({ subject: 'ada' })
  })
})
