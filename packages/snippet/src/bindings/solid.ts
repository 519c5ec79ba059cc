import type { EventDefinitions } from '@trackline/shared'
import { createComponent, createContext, useContext } from 'solid-js'
import type { JSX } from 'solid-js'
import type { AnyTracker } from '../any-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import type { Tracker } from '../tracker.ts'
import { givenTracker } from './given-tracker.ts'

const TrackerContext = createContext<AnyTracker>()

/** Gives a tracker to all components below. */
export function TrackProvider(props: { tracker: AnyTracker; children?: JSX.Element }): JSX.Element {
  return createComponent(TrackerContext.Provider, {
    value: props.tracker,
    // Solid makes the children when they are read, inside the provider.
    get children() {
      return props.children
    },
  })
}

/** The whole tracker: `reset()` on sign-out, `consent()`, `flush()`. @throws TypeError outside a `TrackProvider` */
export function useTracker<Events extends EventDefinitions = RegisteredEvents>(): Tracker<Events> {
  return givenTracker(useContext(TrackerContext), '<TrackProvider>')
}

/** `track()` of the nearest `TrackProvider`. @throws TypeError outside one */
export const useTrack = <Events extends EventDefinitions = RegisteredEvents>() => useTracker<Events>().track
