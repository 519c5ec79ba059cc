import { checkBadTokens } from '../support/check-bad-tokens.ts'
import { CLAIMS } from './ways/claims.ts'

await checkBadTokens('claims', CLAIMS)
