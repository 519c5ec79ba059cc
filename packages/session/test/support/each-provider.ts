import { describe } from 'vitest'
import { openProvider, PROVIDERS } from './providers.ts'
import type { Provider, ProviderStage } from './providers.ts'

/** Describes each provider that fits; every test opens its own, so that no keys or answers are left over. */
export function eachProvider(fits: (provider: Provider) => boolean, tests: (provider: Provider, open: () => Promise<ProviderStage>) => void): void {
  describe.each(PROVIDERS.filter(fits))('$name', (provider) => tests(provider, () => openProvider(provider)))
}
