import { cachedKeySet } from '../keys/cached-key-set.ts'
import { FETCH_TIMEOUT_MS, fetchKeySet } from '../keys/fetch-key-set.ts'
import { keysOfSet } from '../keys/keys-of-set.ts'
import type { OptionRules } from '../options/check-options.ts'
import { FUNCTION } from '../options/text-rules.ts'
import { buildPreset } from './build-preset.ts'
import type { PresetParts } from './build-preset.ts'
import { COMMON_RULES } from './preset-options.ts'
import type { CommonOptions, PresetOptions } from './preset-options.ts'
import type { AsymmetricAlgorithm, FindKey, SessionPreset, World } from './session-preset.ts'

/** What the presets of identity providers can be told. */
export interface ProviderOptions extends CommonOptions {
  /** What loads the key set. Default: the runtime's `fetch`. */
  fetch?: typeof globalThis.fetch
}

export const PROVIDER_RULES = { ...COMMON_RULES, fetch: FUNCTION } as const satisfies OptionRules

export interface KeySetParts extends Omit<PresetParts, 'keySource' | 'proof' | 'algorithms'> {
  readonly algorithms: readonly AsymmetricAlgorithm[]
  /** Where the keys are published. */
  readonly keysAt: URL
  /** How the document at `keysAt` becomes a key set. Default: it is one. */
  readonly load?: (url: URL, fetch: typeof globalThis.fetch) => Promise<unknown>
}

/**
 * A preset whose keys an identity provider publishes: loaded at the first token, used for 10 minutes, then refreshed in the
 * background, and good for 24 hours while the provider is down.
 */
export function keySetPreset(options: PresetOptions & ProviderOptions, parts: KeySetParts): SessionPreset {
  const { keysAt, load = loadKeySet, ...others } = parts
  // The query is left out: some providers want a credential there.
  const address = `${keysAt.origin}${keysAt.pathname}`
  const { algorithms, name } = parts
  const source = { address, query: keysAt.search, algorithms, load: ({ fetch }: World) => load(keysAt, options.fetch ?? fetch ?? globalThis.fetch) }
  let keys = cachedKeySet(source)
  // Shared with whoever would load it in the same way: a discovery document must name the preset's own issuer.
  const loader = parts.load === undefined ? [] : [name, ...parts.issuers]
  const sharedName = JSON.stringify([keysAt.href, algorithms, ...loader])
  const findKey: FindKey = (header, world) => {
    if (world.keySets) keys = world.keySets.get(sharedName, () => cachedKeySet(source))
    return keys.findKey(header, world)
  }
  return buildPreset(options, {
    ...others,
    keySource: address,
    describeKeys: (now) => keys.describe(now),
    loadKeys: async (world) => keysOfSet(await source.load(world), algorithms).map(({ kid, algorithm }) => ({ kid, algorithm })),
    proof: { form: 'signed', findKey },
  })
}

function loadKeySet(url: URL, fetch: typeof globalThis.fetch): Promise<unknown> {
  return fetchKeySet(url, fetch, FETCH_TIMEOUT_MS)
}
