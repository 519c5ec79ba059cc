import { checkBadTokens } from '../support/check-bad-tokens.ts'
import { ALGORITHM } from './ways/algorithm.ts'

await checkBadTokens('algorithm', ALGORITHM)
