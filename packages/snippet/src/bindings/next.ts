import { createElement } from 'react'
import type { ReactNode } from 'react'
import { createTracker } from '../create-tracker.ts'
import type { Tracker, TrackerOptions } from '../tracker.ts'
import { TrackProvider as GivenTracker } from './react.ts'

export { useTrack, useTracker } from './react.ts'

/** Options that a server component can hand to the browser: no functions. With those, use `@trackline/snippet/react`. */
export interface TrackProviderProps extends Omit<TrackerOptions, 'endpoint' | 'session' | 'onError'> {
  /** Where events are posted, for example `https://t.example.com/v1/batch`. */
  endpoint: string
  /** URL of the page's own origin that answers `{ "token": "…" }`, such as a route made with `@trackline/snippet/next/route`. */
  session?: string
  children?: ReactNode
}

/** A page has one tracker for an endpoint, however often React makes this component anew. */
const trackers: Record<string, Tracker> = {}

/**
 * Gives a tracker to all components below; stands in a layout, which may be a server component. The options are read once.
 * While the server renders, every event is `dropped`.
 */
export function TrackProvider({ children, ...options }: TrackProviderProps) {
  const tracker = (trackers[options.endpoint] ??= createTracker(options))
  return createElement(GivenTracker, { tracker }, children)
}
