import { ALGORITHM } from '../bad-tokens/ways/algorithm.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('algorithm', ALGORITHM)
