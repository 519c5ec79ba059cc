import type { Config } from '../config.ts'
import { isLoopback } from '../is-loopback.ts'
import { guardedFetch } from './guarded-fetch/guarded-fetch.ts'

const MAX_KEY_SET_BYTES = 256 * 1024
const ANSWER_WITHIN_MS = 5_000

/**
 * What asks identity providers for their keys and about tokens, for presets that bring no `fetch` of their own.
 *
 * Sites that a function finds are most often rows that customers fill in: their addresses are asked as any stranger's are, see
 * {@link guardedFetch}. Loopback is reached only where the service itself is on it, to be tried out.
 */
export function providerFetch({ findSite, publicUrl }: Pick<Config, 'findSite' | 'publicUrl'>, fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  if (!findSite) return fetch
  return guardedFetch({ allowLoopback: isLoopback(publicUrl), maxBytes: MAX_KEY_SET_BYTES, timeoutMs: ANSWER_WITHIN_MS })
}
