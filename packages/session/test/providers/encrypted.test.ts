import { ENCRYPTED } from '../bad-tokens/ways/encrypted.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('encrypted', ENCRYPTED)
