import { createTracker } from './create-tracker.ts'
import { fetchSession } from './fetch-session.ts'
import { trackElements } from './track-elements.ts'
import type { Tracker, TrackerOptions, TrackFailure } from './tracker.ts'

interface Stub {
  /** Arguments of the calls made before this script ran. */
  q?: Parameters<Tracker['track']>[]
  onError?: (failure: TrackFailure) => void
}
type Page = typeof globalThis & { track?: Stub & Partial<Tracker> }

// A classic script has a `currentScript`, also with `async`. Loaded twice, the second copy does nothing.
// Only HTML pages load it: the element is no SVG script.
const script = document.currentScript as HTMLScriptElement | null
const page: Page = globalThis
if (script && !page.track?.flush) start(script)

function start({ src, dataset }: HTMLScriptElement): void {
  const stub = page.track
  const { session, persist, debug, ...options } = dataset
  const tracker = createTracker({
    endpoint: new URL('/v1/b', src).href,
    // `data-endpoint` among them; a value that is none of the allowed ones acts as the strictest.
    ...(options as Pick<TrackerOptions, 'credentials' | 'consent' | 'gpc'>),
    session: session === undefined ? session : () => fetchSession(session),
    persist: persist !== undefined,
    debug: debug !== undefined,
    onError(failure) {
      if (debug !== undefined) console.warn(failure)
      page.track?.onError?.(failure)
    },
  })
  page.track = Object.assign(tracker.track, stub, tracker)
  for (const command of stub?.q ?? []) void tracker.track(...command)
  trackElements(tracker.track)
}
