import { expect, it } from 'vitest'
import { verifySession } from '../../src/index.ts'
import { eachProvider } from '../support/each-provider.ts'
import { forgeToken, goodClaims, withClaims } from '../support/forge-token.ts'
import { after, NOW_SECONDS } from '../support/moment.ts'
import { refusalOf } from '../support/refusal-of.ts'

eachProvider(() => true, (provider, open) => {
  const { signer, subject = 'ada', email } = provider

  it('says who is signed in, by which email, and all that the issuer said', async () => {
    await using stage = await open()
    const session = await verifySession(forgeToken(signer), stage.preset, { now: after(0) })
    expect(session.subject).toBe(subject)
    expect(session.email).toBe(email)
    expect(session.issuer).toBe(goodClaims(signer).iss)
    expect(session.claims).toEqual(JSON.parse(JSON.stringify(goodClaims(signer))))
    expect(session).not.toHaveProperty('impersonated')
  })

  it('is accepted from an Authorization header, and from no cookie that it does not name', async () => {
    await using stage = await open()
    const token = forgeToken(signer)
    const options = { now: after(0) }
    const bearer = { headers: { authorization: `Bearer ${token}` } }
    await expect(verifySession(bearer, stage.preset, options)).resolves.toMatchObject({ subject })
    const cookie = { headers: { cookie: `token=${token}; jwt=${token}` } }
    expect((await refusalOf(verifySession(cookie, stage.preset, options))).code).toBe('SESSION_MISSING')
  })

  it('asks where the provider publishes its keys, once, and nowhere else', async () => {
    await using stage = await open()
    for (const _ of [1, 2, 3]) await verifySession(forgeToken(signer), stage.preset, { now: after(0) })
    expect(stage.asked).toEqual(Object.keys(provider.published ?? {}))
  })

  it('bad token 150: is refused at its end, though it was accepted before', async () => {
    await using stage = await open()
    const token = withClaims(signer, { exp: NOW_SECONDS + 20 })
    const attempt = (seconds: number) => verifySession(token, stage.preset, { now: after(seconds) })
    await expect(attempt(0)).resolves.toMatchObject({ subject })
    await expect(attempt(49.999)).resolves.toMatchObject({ subject })
    expect((await refusalOf(attempt(50))).code).toBe('SESSION_EXPIRED')
  })

  it('says its name and what it checks, and nothing secret', async () => {
    await using stage = await open()
    const { preset } = stage
    expect(provider.name.startsWith(preset.name)).toBe(true)
    expect(preset.keySource).not.toBe('')
    const shown = JSON.stringify({ ...preset, state: preset.describeKeys?.(after(0)()) })
    expect(shown).not.toMatch(/CANARY|k9Zt0y3wq8v1/)
    if ('secret' in signer) expect(shown).not.toContain(signer.secret)
  })
})
