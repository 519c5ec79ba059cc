import { before } from './modules/before.ts'
import type { TrackCall } from './modules/before.ts'
import { withoutBots } from './modules/bots.ts'
import { withContext } from './modules/context.ts'
import { pageViews } from './modules/page-views.ts'
import { withSessionId } from './modules/session-id.ts'
import { startTracker } from './start-tracker.ts'
import { trackElements } from './track-elements.ts'
import type { TrackerOptions } from './tracker.ts'

/** What the page's inline stub left, with the hook that every call passes. */
interface Hooked {
  before?: ((call: TrackCall) => TrackCall | void) | undefined
}
type TagOptions = TrackerOptions & Record<string, unknown>

// As in script-tag.ts, with the modules that the tag's attributes ask for around the tracker.
const { src, dataset } = document.currentScript as HTMLScriptElement
const stub = window.track

if (!stub?.flush) {
  const options: TagOptions = { endpoint: new URL('v1/b', src), ...stub }
  for (const name in dataset) options[name] = dataset[name] || true
  // The hook is looked up at each call: it may be set before or after this script ran.
  const core = Object.assign(startTracker(options), { before: (stub as Hooked | undefined)?.before })
  let track: ReturnType<typeof startTracker> = core
  // The page's own hook is the last: it sees what the modules add.
  track = before(track, (call) => (core.before ? core.before(call) : call))
  if (options.context) track = withContext(track)
  if (options.sessionId) track = withSessionId(track)
  if (options.noBots) track = withoutBots(track)
  window.track = track
  stub?.q?.map((command) => track(...command))
  trackElements(track)
  const { pageViews: event } = options
  if (event) pageViews(track, event === true ? undefined : (event as string))
}
