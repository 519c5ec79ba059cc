import type { EventDefinitions } from '@trackline/shared'
import type { Outcome, Tracker } from '../tracker.ts'

/** A tracker of whatever events. */
export type AnyTracker = Omit<Tracker, 'track'> & { track: (...call: never[]) => Promise<Outcome> }

/**
 * The tracker that the application was given.
 * @throws TypeError naming what is missing, when it was given none
 */
export function givenTracker<Events extends EventDefinitions>(tracker: AnyTracker | undefined, missing: string): Tracker<Events> {
  if (!tracker) throw new TypeError('track: missing ' + missing)
  // The type is the caller's word, as it is with `createTracker`: the proxy checks each event anyway.
  return tracker as unknown as Tracker<Events>
}
