import { createTracker } from './create-tracker.ts'
import { fetchSession } from './fetch-session.ts'
import { trackElements } from './track-elements.ts'
import type { Consent, Tracker, TrackFailure } from './tracker.ts'

interface Stub {
  /** Arguments of the calls made before this script ran. */
  q?: Parameters<Tracker['track']>[]
  onError?: (failure: TrackFailure) => void
}
type Page = typeof globalThis & { track?: Stub & Partial<Tracker> }

// A page loads it as a classic script, where `currentScript` is set also with `async`; loaded twice, the second copy does nothing.
const script = document.currentScript as HTMLScriptElement | null
const page: Page = globalThis
if (script && !page.track?.flush) start(script)

function start({ src, dataset }: HTMLScriptElement): void {
  const stub = page.track
  const { session, credentials, endpoint, consent, persist, gpc, debug } = dataset
  const tracker = createTracker({
    endpoint: endpoint ?? new URL('/v1/b', src).href,
    session: session === undefined ? session : (refresh) => fetchSession(session, refresh),
    credentials: credentials as 'include' | undefined,
    persist: persist !== undefined,
    consent: consent as Consent | undefined,
    gpc: gpc !== 'ignore',
    debug: debug !== undefined,
    onError: (failure) => page.track?.onError?.(failure),
  })
  page.track = Object.assign(tracker.track, stub, tracker)
  for (const command of stub?.q ?? []) tracker.track.apply(null, command)
  trackElements(tracker.track)
}
