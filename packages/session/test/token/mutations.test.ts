import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionError, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { STAGES } from '../support/stages.ts'

const RUNS = 300

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('replace'), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('insert'), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('delete'), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('swap'), at: fc.nat(), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('truncate'), at: fc.nat(), byte: fc.nat(255) }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

function mutate(token: string, { kind, at, byte }: Mutation): string {
  const index = at % token.length
  const [before, here, rest] = [token.slice(0, index), token.charAt(index), token.slice(index + 1)]
  if (kind === 'replace') return before + String.fromCharCode(byte) + rest
  if (kind === 'insert') return before + String.fromCharCode(byte) + here + rest
  if (kind === 'delete') return before + rest
  if (kind === 'swap') return before + rest.charAt(0) + here + rest.slice(1)
  return before
}

describe.each(STAGES)('mutations of a good token: $name', ({ preset, signer }) => {
  const token = forgeToken(signer)
  const attempt = (text: string) =>
    verifySession(text, preset, { now: after(0) }).then(
      ({ subject }) => subject,
      (error: unknown) => (error instanceof SessionError ? error.code : error),
    )

  it('no other spelling is accepted, and each is refused with one of our codes', async () => {
    const property = fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      const mutated = mutations.reduce((text, each) => (text === '' ? text : mutate(text, each)), token)
      const allowed = mutated === token ? ['ada'] : mutated === '' ? ['SESSION_MISSING'] : ['SESSION_INVALID']
      expect(allowed).toContain(await attempt(mutated))
    })
    await fc.assert(property, { numRuns: RUNS })
  })

  it('no other payload is accepted under a good signature', async () => {
    const [header, , signature] = token.split('.')
    const property = fc.asyncProperty(fc.json(), async (payload) => {
      const text = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`
      expect(await attempt(text)).toBe('SESSION_INVALID')
    })
    await fc.assert(property, { numRuns: RUNS })
  })
})
