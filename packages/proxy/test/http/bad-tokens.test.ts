import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { claim, lookup } from '../../src/identity/email-source.ts'
import { ALGORITHM } from '../../../session/test/bad-tokens/ways/algorithm.ts'
import { CLAIMS } from '../../../session/test/bad-tokens/ways/claims.ts'
import { FORM } from '../../../session/test/bad-tokens/ways/form.ts'
import { KEYS } from '../../../session/test/bad-tokens/ways/keys.ts'
import { forgeToken } from '../../../session/test/support/forge-token.ts'
import { NOW } from '../../../session/test/support/moment.ts'
import { keySetStages, STAGES } from '../../../session/test/support/stages.ts'
import { expectProblem } from '../stage/client.ts'
import { startStack } from '../stage/start-stack.ts'
import type { Stack } from '../stage/start-stack.ts'

const LOGIN = { event: 'login', properties: { method: 'sso' } }
const { stages, server } = await keySetStages()
afterAll(() => server.close())
const chosen = [...STAGES, ...stages].filter(({ name }) => ['sharedSecret, HS256', 'publicKey as PEM, RS256', 'jwks, RS256'].includes(name))
const badTokens = [...FORM, ...ALGORITHM, ...CLAIMS, ...KEYS]

/** The proxy knows one when it sees one. */
const SERVER_KEY_AS_TOKEN = 148

/** What a header can carry: a client refuses the others itself, and past 16 KB Node's server does. */
const isHeader = (token: unknown): token is string => typeof token === 'string' && /^[\x20-\x7e]+$/.test(token) && token.trim() === token && token.length < 12_000

describe.each(chosen)('over HTTP, a site whose sessions are of $name', (stage) => {
  let looked = 0
  let stack: Stack
  beforeAll(async () => {
    const email = [claim('email'), lookup(() => void looked++)]
    stack = await startStack({ isConnected: false, site: { session: stage.preset, email }, world: { now: () => NOW } })
    // The keys are there: whoever asks for them now was made to by a bad token.
    expect((await stack.track(LOGIN, { token: forgeToken(stage.signer) })).status).toBe(202)
  })
  afterAll(() => stack.close())

  const applicable = badTokens.filter(({ on = () => true }) => on(stage)).map((bad) => ({ ...bad, token: bad.make(stage) })).filter(({ token }) => isHeader(token))

  it('has most of the list to refuse', () => {
    expect(applicable.length).toBeGreaterThan(70)
  })

  it.each(applicable)('bad token $number ($name) is 401 with its code: no row, no look-up, nobody asked', async ({ number, token, code = 'SESSION_INVALID' }) => {
    const before = { audit: await stack.audit(), hits: server.hits, looked }
    expectProblem(await stack.track(LOGIN, { token: String(token) }), number === SERVER_KEY_AS_TOKEN ? 'SERVER_KEY_INVALID' : code)
    expect({ audit: await stack.audit(), hits: server.hits, looked }).toEqual(before)
  })
})
