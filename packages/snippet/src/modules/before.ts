import type { Json } from '@trackline/shared'
import type { AnyTracker } from '../any-tracker.ts'
import type { Outcome, TrackFailure, TrackOptions } from '../tracker.ts'
import { override } from './override.ts'

/** One call of `track()`. */
export interface TrackCall extends TrackOptions {
  event: string
  properties?: Readonly<Record<string, unknown>> | null | undefined
}

/** What the tracker is inside: any text may be an event's name there. */
interface Loose {
  track: (event: string, properties: TrackCall['properties'], options: TrackOptions) => Promise<Outcome>
  onError?: (failure: TrackFailure) => void
}

/**
 * A tracker whose every event passes your hook first: it returns the call as it is to be sent, or nothing to drop it.
 *
 * A hook that throws drops the event too (`rejected`): what it was to take out must not be sent. `onError` hears `code`.
 * @param code  default `before`
 */
export function before<Given extends AnyTracker>(tracker: Given, hook: (call: TrackCall) => TrackCall | null | undefined | void, code = 'before'): Given {
  const inner = tracker as unknown as Loose
  return override(tracker, {
    async track(event: string, properties?: TrackCall['properties'], options?: TrackOptions | null) {
      const failure: TrackFailure = { event, properties, outcome: 'dropped', code }
      try {
        const { event: name, properties: changed, ...rest } = hook({ ...options, event, properties }) ?? {}
        if (name !== undefined) return inner.track(name, changed, rest)
      } catch (message) {
        Object.assign(failure, { outcome: 'rejected', message })
      }
      try {
        inner.onError?.(failure)
      } catch {
        // What the page's own callback throws is no trouble of who tracks.
      }
      return failure.outcome
    },
  })
}

/**
 * A tracker that adds members to the `extraData` of every event, of which the event's own win. `extraData` that is no object
 * stays as it is.
 */
export function withExtraData<Given extends AnyTracker>(tracker: Given, membersNow: () => Record<string, Json | undefined>): Given {
  return before(tracker, ({ extraData = {}, ...call }) => ({
    ...call,
    // Members that are undefined are none, once it is written as JSON.
    extraData: (Object.prototype.toString.call(extraData) === '[object Object]' ? { ...membersNow(), ...(extraData as object) } : extraData) as Json,
  }))
}
