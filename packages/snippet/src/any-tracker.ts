import type { Outcome, Tracker } from './tracker.ts'

/** A tracker of whatever events. */
export type AnyTracker = Omit<Tracker, 'track'> & { track: (...call: never[]) => Promise<Outcome> }
