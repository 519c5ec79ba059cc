import { afterAll } from 'vitest'
import { testBadTokens } from './check-bad-tokens.ts'
import type { BadToken } from './check-bad-tokens.ts'
import { openProvider, PROVIDERS } from './providers.ts'

/** The bad tokens × every provider, each simulated on loopback. */
export async function checkProviders(section: string, badTokens: readonly BadToken[]): Promise<void> {
  const stages = await Promise.all(PROVIDERS.map(openProvider))
  afterAll(() => Promise.all(stages.map((stage) => stage[Symbol.asyncDispose]())))
  testBadTokens(section, badTokens, stages)
}
