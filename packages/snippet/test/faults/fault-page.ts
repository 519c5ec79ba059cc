import type { Tracker, TrackFailure } from '@trackline/snippet'

/** What a page of the fault stage keeps in `window`. */
export interface FaultPage extends Window {
  tracker: Tracker
  token: string | undefined
  expired: string | undefined
  /** The page's token is too old until the tracker asks for another. */
  isExpired: boolean
  raised: number
  outcomes: string[]
  failures: TrackFailure[]
}
