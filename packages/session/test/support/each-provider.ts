import { describe } from 'vitest'
import { openProvider, PROVIDERS } from './providers.ts'
import type { Provider, ProviderStage } from './providers.ts'

type ProviderTests = (provider: Provider, open: () => Promise<ProviderStage>) => void

/** Describes each provider that fits; every test opens its own, so that no keys or answers are left over. */
export function eachProvider(fits: (provider: Provider) => boolean, tests: ProviderTests): void {
  describe.each(PROVIDERS.filter(fits))('$name', (provider) => tests(provider, () => openProvider(provider)))
}
