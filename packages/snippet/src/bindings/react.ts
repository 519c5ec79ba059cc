import type { EventDefinitions } from '@trackline/shared'
import { createContext, createElement, useContext } from 'react'
import type { ReactNode } from 'react'
import type { AnyTracker } from '../any-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import type { Tracker } from '../tracker.ts'
import { givenTracker } from './given-tracker.ts'

const TrackerContext = createContext<AnyTracker | undefined>(undefined)

/** Gives a tracker to all components below. */
export function TrackProvider({ tracker, children }: { tracker: AnyTracker; children?: ReactNode }) {
  return createElement(TrackerContext.Provider, { value: tracker }, children)
}

/** The whole tracker: `reset()` on sign-out, `consent()`, `flush()`. @throws TypeError outside a `TrackProvider` */
export function useTracker<Events extends EventDefinitions = RegisteredEvents>(): Tracker<Events> {
  return givenTracker(useContext(TrackerContext), '<TrackProvider>')
}

/** `track()` of the nearest `TrackProvider`: the same function in each render. @throws TypeError outside one */
export const useTrack = <Events extends EventDefinitions = RegisteredEvents>() => useTracker<Events>().track
