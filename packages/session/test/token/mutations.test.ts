import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { SessionError, verifySession } from '../../src/index.ts'
import { forgeToken, withClaims } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { mutate, mutations } from '../support/mutations.ts'
import { openProvider, PROVIDERS } from '../support/providers.ts'
import { STAGES } from '../support/stages.ts'

const RUNS = 100
const providers = await Promise.all(PROVIDERS.map(openProvider))
const stages = [...STAGES, ...providers].map((stage) => ({ ...stage, subject: stage.subject ?? 'ada' }))
afterAll(() => Promise.all(providers.map((stage) => stage[Symbol.asyncDispose]())))

describe.each(stages)('mutations of a good token: $name', ({ preset, signer, subject }) => {
  const token = forgeToken(signer)
  const attempt = (text: string) =>
    verifySession(text, preset, { now: after(0) }).then(
      (session) => session.subject,
      (error: unknown) => (error instanceof SessionError ? error.code : error),
    )

  it('no other spelling is accepted, and each is refused with one of our codes', async () => {
    const property = fc.asyncProperty(mutations, async (steps) => {
      const mutated = steps.reduce(mutate, token)
      const allowed = mutated === token ? [subject] : mutated === '' ? ['SESSION_MISSING'] : ['SESSION_INVALID']
      expect(allowed).toContain(await attempt(mutated))
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it('no part of another good token is accepted in place of its own', async () => {
    const other = withClaims(signer, { [preset.subjectPath[0] ?? 'sub']: 'eve' })
    const property = fc.asyncProperty(fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }), async (fromOther) => {
      const mixed = mix(token, other, fromOther)
      const allowed = mixed === token ? [subject] : mixed === other ? ['eve'] : ['SESSION_INVALID']
      expect(allowed).toContain(await attempt(mixed))
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it.runIf(preset.form === 'signed')('no other payload is accepted under a good signature', async () => {
    const [header, , signature] = token.split('.')
    const property = fc.asyncProperty(fc.json(), async (payload) => {
      const text = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`
      expect(await attempt(text)).toBe('SESSION_INVALID')
    })
    await fc.assert(property, { numRuns: RUNS })
  })
})

/** Each part of one token or the other's; of opaque tokens, which have one part, the halves. */
function mix(token: string, other: string, fromOther: readonly boolean[]): string {
  const parts = (text: string) => (text.includes('.') ? text.split('.') : [text.slice(0, 20), text.slice(20)])
  const [ours, theirs] = [parts(token), parts(other)]
  return ours.map((part, index) => (fromOther[index] ? (theirs[index] ?? part) : part)).join(token.includes('.') ? '.' : '')
}
