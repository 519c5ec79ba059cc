import { checkBadTokens } from '../support/check-bad-tokens.ts'
import { FORM } from './ways/form.ts'

await checkBadTokens('form', FORM)
