import type { AnyTracker } from '../any-tracker.ts'
import { withExtraData } from './before.ts'
import { cleanUrl } from './clean-url.ts'

const MAX_TITLE_LENGTH = 500

/**
 * A tracker that says of every event where it happened: `url`, `title` and `referrer` in its `extraData`, shown in the event's
 * detail. Query strings, and fragments that are no route, are left out.
 */
export function withContext<Given extends AnyTracker>(tracker: Given): Given {
  return withExtraData(tracker, () => {
    const { document, location } = globalThis
    // A worker has a location and no document, a server neither.
    return {
      url: location && cleanUrl(location.href),
      title: document?.title.slice(0, MAX_TITLE_LENGTH),
      referrer: (document?.referrer && cleanUrl(document.referrer)) || undefined,
    }
  })
}
