import { CLAIMS } from '../bad-tokens/ways/claims.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('claims', CLAIMS)
