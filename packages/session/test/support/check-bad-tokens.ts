import { afterAll, describe, expect, it } from 'vitest'
import { verifySession } from '../../src/index.ts'
import type { SessionErrorCode, SessionInput, SessionReason } from '../../src/index.ts'
import { forgeToken } from './forge-token.ts'
import { after } from './moment.ts'
import { refusalOf } from './refusal-of.ts'
import { keySetStages, STAGES } from './stages.ts'
import type { Stage } from './stages.ts'

export interface BadToken {
  /** Stays the same for good: a kind of bad token is spoken of by its number. */
  readonly number: number
  readonly name: string
  readonly make: (stage: Stage) => SessionInput
  readonly reason: SessionReason
  /** Default SESSION_INVALID. */
  readonly code?: SessionErrorCode
  /** Default: every stage. */
  readonly on?: (stage: Stage) => boolean
}

/** The bad tokens × the presets that are not made for one provider. */
export async function checkBadTokens(section: string, badTokens: readonly BadToken[]): Promise<void> {
  const { stages, server } = await keySetStages()
  afterAll(() => server.close())
  testBadTokens(section, badTokens, [...STAGES, ...stages])
}

/** One test per bad token and stage; in each, the good token of that stage is accepted, before and after. */
export function testBadTokens(section: string, badTokens: readonly BadToken[], stages: readonly Stage[]): void {
  const applicable = (stage: Stage) => badTokens.filter(({ on = () => true }) => on(stage))
  describe.each(stages.filter((stage) => applicable(stage).length > 0))(`${section}: $name`, (stage) => {
    for (const badToken of applicable(stage)) {
      it(`bad token ${badToken.number} (${badToken.name}) × ${stage.name}`, () => testBadToken(badToken, stage))
    }
  })
}

async function testBadToken({ make, reason, code = 'SESSION_INVALID' }: BadToken, stage: Stage): Promise<void> {
  const attempt = (input: SessionInput) => verifySession(input, stage.preset, { now: after(0) })
  const good = forgeToken(stage.signer)
  await expect(attempt(good)).resolves.toMatchObject({ subject: stage.subject ?? 'ada' })
  const asked = stage.hits?.()
  const refusal = await refusalOf(attempt(make(stage)))
  expect({ code: refusal.code, reason: refusal.reason }).toEqual({ code, reason })
  expect(JSON.stringify({ ...refusal, message: refusal.message })).not.toMatch(/ada@|eve@/)
  // A bad token never makes us ask anybody: the keys are there, and nothing in the token says where to look.
  expect(stage.hits?.()).toBe(asked)
  await expect(attempt(good)).resolves.toMatchObject({ subject: stage.subject ?? 'ada' })
}
