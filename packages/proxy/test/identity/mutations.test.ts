import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createSessionReader } from '../../src/identity/read-session.ts'
import { TrackError } from '../../src/errors.ts'
import { forgeToken } from '../../../session/test/support/forge-token.ts'
import { NOW } from '../../../session/test/support/moment.ts'
import { mutate, mutations } from '../../../session/test/support/mutations.ts'
import { openProvider, PROVIDERS } from '../../../session/test/support/providers.ts'
import { STAGES } from '../../../session/test/support/stages.ts'

const RUNS = 100
const REFUSALS = ['SESSION_INVALID', 'SESSION_MISSING']
const providers = await Promise.all(PROVIDERS.map(openProvider))
afterAll(() => Promise.all(providers.map((stage) => stage[Symbol.asyncDispose]())))
const stages = [...STAGES, ...providers].map((stage) => ({ ...stage, subject: stage.subject ?? 'ada' }))
// One reader for all: what it remembers of one site's tokens says nothing at another's.
const { read } = createSessionReader({ now: () => NOW })

function bearing(token: string): IncomingMessage {
  const request = new IncomingMessage(new Socket())
  request.rawHeaders = ['authorization', `Bearer ${token}`]
  return request
}

describe.each(stages)('a token that is remembered as verified: $name', ({ name, preset, signer, subject }) => {
  const site = { name, session: [preset] }
  const token = forgeToken(signer)
  const attempt = async (text: string) => {
    try {
      return (await read(bearing(text), site)).session.subject
    } catch (error) {
      return error instanceof TrackError ? error.code : error
    }
  }

  it('is believed in its own spelling alone, whatever is done to its bytes', async () => {
    expect(await attempt(token)).toBe(subject)
    const property = fc.asyncProperty(mutations, async (steps) => {
      const mutated = steps.reduce(mutate, token)
      // HTTP itself knows no blanks at the ends of a header.
      const allowed = mutated.trim() === token ? [subject, ...REFUSALS] : REFUSALS
      expect(allowed).toContain(await attempt(mutated))
      expect(await attempt(token)).toBe(subject)
    })
    await fc.assert(property, { numRuns: RUNS })
  })
})
