import { OPAQUE } from '../bad-tokens/ways/opaque.ts'
import { checkProviders } from '../support/check-providers.ts'

await checkProviders('opaque', OPAQUE)
