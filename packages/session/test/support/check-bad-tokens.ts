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
  /** Default: every family. */
  readonly on?: (stage: Stage) => boolean
}

/** One test per bad token and family of presets; in each, the good token of that family is accepted too. */
export async function checkBadTokens(section: string, badTokens: readonly BadToken[]): Promise<void> {
  const { stages, server } = await keySetStages()
  afterAll(() => server.close())
  describe.each([...STAGES, ...stages])(`${section}: $name`, (stage) => {
    const applicable = badTokens.filter(({ on = () => true }) => on(stage))
    it.each(applicable)('bad token $number: $name', async ({ make, reason, code = 'SESSION_INVALID' }) => {
      const attempt = (input: SessionInput) => verifySession(input, stage.preset, { now: after(0) })
      await expect(attempt(forgeToken(stage.signer))).resolves.toMatchObject({ subject: 'ada' })
      const refusal = await refusalOf(attempt(make(stage)))
      expect({ code: refusal.code, reason: refusal.reason }).toEqual({ code, reason })
    })
  })
}
