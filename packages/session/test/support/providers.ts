import type { SessionPreset } from '../../src/index.ts'
import { ENCRYPTED_PROVIDERS } from './providers/encrypted.ts'
import { KEY_SET_PROVIDERS } from './providers/key-sets.ts'
import { OPAQUE_PROVIDERS } from './providers/opaque.ts'
import { SECRET_PROVIDERS } from './providers/secrets.ts'
import { serveProvider } from './serve-provider.ts'
import type { Published } from './serve-provider.ts'
import type { KeySigner, Signer } from './signers.ts'
import type { Stage } from './stages.ts'

/** A simulated issuer: what it publishes, how it writes its tokens, and the one line that accepts them. */
export interface Provider {
  readonly name: string
  readonly preset: (fetch: typeof globalThis.fetch) => SessionPreset
  readonly signer: Signer
  readonly key?: KeySigner
  /** Whom the good token is for. Default 'ada'. */
  readonly subject?: string
  /** The email that the good token gives; undefined when it has none. */
  readonly email?: string
  readonly published?: Published
  /** Answers questions about tokens, in place of what is published. */
  readonly openEndpoint?: () => Promise<Endpoint>
}

export interface Endpoint extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch
}

export const PROVIDERS: readonly Provider[] = [
  ...KEY_SET_PROVIDERS,
  ...SECRET_PROVIDERS,
  ...ENCRYPTED_PROVIDERS,
  ...OPAQUE_PROVIDERS,
]

export interface ProviderStage extends Stage, AsyncDisposable {
  readonly provider: Provider
  /** The addresses that the preset has asked for so far. */
  readonly asked: readonly string[]
}

/** Opens a provider on loopback, with a preset that knows none of its keys yet. */
export async function openProvider(provider: Provider): Promise<ProviderStage> {
  const { name, signer, key, subject } = provider
  const known = { name, signer, provider, ...(key && { key }), ...(subject !== undefined && { subject }) }
  if (provider.openEndpoint) {
    const endpoint = await provider.openEndpoint()
    const close = () => endpoint[Symbol.asyncDispose]()
    return { ...known, preset: provider.preset(endpoint.fetch), asked: [], [Symbol.asyncDispose]: close }
  }
  const served = await serveProvider(provider.published ?? {})
  return {
    ...known,
    preset: provider.preset(served.fetch),
    asked: served.asked,
    hits: () => served.server.hits,
    [Symbol.asyncDispose]: served.server.close,
  }
}
