import { checkBadTokens } from '../support/check-bad-tokens.ts'
import { KEYS } from './ways/keys.ts'

await checkBadTokens('keys', KEYS)
