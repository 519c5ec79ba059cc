import type { EventDefinitions } from '@trackline/shared'
import { getContext, setContext } from 'svelte'
import type { AnyTracker } from '../any-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import type { Tracker } from '../tracker.ts'
import { givenTracker } from './given-tracker.ts'

const KEY = Symbol('trackline')

/** Gives a tracker to this component and all below it; call it while the component is initialised. */
export function setTracker(tracker: AnyTracker): void {
  setContext(KEY, tracker)
}

/** The whole tracker: `reset()` on sign-out, `consent()`, `flush()`. @throws TypeError where no `setTracker` was called above */
export function useTracker<Events extends EventDefinitions = RegisteredEvents>(): Tracker<Events> {
  return givenTracker(getContext<AnyTracker | undefined>(KEY), 'setTracker(tracker)')
}

/** `track()` of the tracker set above; call it while a component is initialised. @throws TypeError where none was set */
export const useTrack = <Events extends EventDefinitions = RegisteredEvents>() => useTracker<Events>().track
