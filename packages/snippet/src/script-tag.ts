import { startTracker } from './start-tracker.ts'
import type { Track } from './start-tracker.ts'
import { trackElements } from './track-elements.ts'
import type { TrackerOptions } from './tracker.ts'

/** What the page's inline stub left: the arguments of the calls made before this script ran. */
type Stub = Pick<Track, 'onError'> & { q?: Parameters<Track>[]; flush?: unknown }

declare global {
  var track: Stub | undefined
}

// A classic script has a `currentScript`, also with `async`; only HTML pages load it, so it is no SVG script.
const { src, dataset } = document.currentScript as HTMLScriptElement
const stub = self.track

// Loaded twice, the second copy does nothing.
if (!stub?.flush) {
  const options: TrackerOptions & Record<string, unknown> = { endpoint: new URL('v1/b', src), ...stub }
  // `data-persist` alone says yes; of the others, a value that is none of the allowed ones acts as the strictest.
  for (const name in dataset) options[name] = dataset[name] || 1
  const track = (self.track = startTracker(options))
  stub?.q?.map((command) => track(...command))
  trackElements(track)
}
