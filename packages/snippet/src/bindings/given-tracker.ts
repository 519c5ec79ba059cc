import type { EventDefinitions } from '@trackline/shared'
import type { AnyTracker } from '../any-tracker.ts'
import type { Tracker } from '../tracker.ts'

/**
 * The tracker that the application was given.
 * @throws TypeError naming what is missing, when it was given none
 */
export function givenTracker<Events extends EventDefinitions>(tracker: AnyTracker | undefined, missing: string): Tracker<Events> {
  if (!tracker) throw new TypeError('track: missing ' + missing)
  // The type is the caller's word, as it is with `createTracker`: the proxy checks each event anyway.
  return tracker as unknown as Tracker<Events>
}
