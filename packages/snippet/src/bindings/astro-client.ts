import { createTracker } from '../create-tracker.ts'
import type { RegisteredEvents } from '../registered-events.ts'
import { trackElements } from '../track-elements.ts'
import type { Tracker } from '../tracker.ts'
import type { TracklineOptions } from './astro.ts'

/** Written in by the integration, into what is built for the browser; a server that renders may load this file as it is. */
declare const TRACKLINE_OPTIONS: TracklineOptions
const options = typeof TRACKLINE_OPTIONS === 'undefined' ? { endpoint: '' } : TRACKLINE_OPTIONS

const anyTracker: Tracker = createTracker(options)
// The server that renders may import this too; it has no elements.
if (globalThis.document) trackElements(anyTracker.track)

/** The site's tracker: `reset()` on sign-out, `consent()`, `flush()`. The type of its events is the site's word. */
export const tracker = anyTracker as unknown as Tracker<RegisteredEvents>

/** Tracks one event; while a server renders, every event is `dropped`. */
export const { track } = tracker
