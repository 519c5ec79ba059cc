import type { BadToken } from '../../support/check-bad-tokens.ts'
import { NOBODIES } from './nobodies.ts'
import { PARTIES } from './parties.ts'
import { PURPOSES } from './purposes.ts'

/** Validly signed by the provider, and all the same no session of a person at this site. */
export const KINDS: readonly BadToken[] = [...PARTIES, ...PURPOSES, ...NOBODIES]
