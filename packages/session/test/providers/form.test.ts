import { FORM } from '../bad-tokens/ways/form.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('form', FORM)
