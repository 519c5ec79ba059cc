import type { AnyTracker } from '../any-tracker.ts'
import { newId } from '../new-id.ts'
import { withExtraData } from './before.ts'
import { override } from './override.ts'

const MAX_IDLE_MS = 30 * 60_000

/**
 * A tracker that adds `sessionId` to the `extraData` of every event: the same while events are less than 30 minutes apart, until
 * `reset()`. It lives in the page's memory and is never stored: a reload begins a new session.
 */
export function withSessionId<Given extends AnyTracker>(tracker: Given): Given {
  let sessionId = ''
  let seenAt = 0
  const identified = withExtraData(tracker, () => {
    const now = Date.now()
    if (now - seenAt >= MAX_IDLE_MS) sessionId = newId()
    seenAt = now
    return { sessionId }
  })
  return override(identified, {
    reset() {
      seenAt = 0
      tracker.reset()
    },
  })
}
