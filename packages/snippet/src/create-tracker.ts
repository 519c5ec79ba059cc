import type { EventDefinitions } from '@trackline/shared'
import { startTracker } from './start-tracker.ts'
import type { Tracker, TrackerOptions } from './tracker.ts'

/** All that a server which renders pages gets: it has no visitor to speak for. */
const drop = async () => 'dropped'

/**
 * Makes the tracker of one endpoint. Events leave at once, up to 100 and 64 KiB a request, and again until the proxy has them.
 *
 * On a server it does nothing: every event is `dropped`, and no session is asked for.
 */
export function createTracker<Events extends EventDefinitions = EventDefinitions>(options: TrackerOptions): Tracker<Events> {
  // Other runtimes have `addEventListener` too; only browsers and their workers know whether they are online.
  const isBrowser = globalThis.navigator?.onLine !== undefined
  // Inside, any text may be an event's name: the types of `Events` are for the caller.
  return (isBrowser ? startTracker(options) : { track: drop, flush: drop, reset: drop, consent: drop }) as unknown as Tracker<Events>
}
