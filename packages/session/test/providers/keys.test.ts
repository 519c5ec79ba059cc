import { KEYS } from '../bad-tokens/ways/keys.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('keys', KEYS)
