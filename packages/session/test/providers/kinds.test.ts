import { KINDS } from '../bad-tokens/ways/kinds.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('kinds', KINDS)
