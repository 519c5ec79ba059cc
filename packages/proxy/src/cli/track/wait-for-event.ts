import { setTimeout } from 'node:timers/promises'
import { askService } from './ask-service.ts'
import type { Service } from './find-service.ts'

/** The longest that the service waits with one answer. */
const ONE_WAIT_SECONDS = 30
/** A service that too many wait for answers at once: it is asked no more often than this. */
const ASK_EVERY_MS = 1_000

/** What the service says of an event. */
export interface EventStatus {
  state: 'needs_identity' | 'due' | 'delivered' | 'dead'
  deliveries: { target: string; state: string; attempts: number; code?: string; detail?: string }[]
}

interface Waiting {
  messageId: string
  userId: string | undefined
  forSeconds: number
}

/** Waits until every target has the event or has given it up, `forSeconds` at most; then says how it stands. */
export async function waitForEvent(service: Service, { messageId, userId, forSeconds }: Waiting): Promise<EventStatus> {
  const until = performance.now() + forSeconds * 1_000
  for (;;) {
    const askedAt = performance.now()
    const leftSeconds = Math.max(0, Math.ceil((until - askedAt) / 1_000))
    const query = new URLSearchParams({ wait: `${Math.min(leftSeconds, ONE_WAIT_SECONDS)}s`, ...(userId === undefined ? {} : { userId }) })
    const { status, body, problem } = await askService(service, `/v1/events/${encodeURIComponent(messageId)}?${query}`)
    if (status !== 200) throw problem()
    // The shape that the service's own schema gives its replies.
    const found = body as EventStatus
    if (['delivered', 'dead'].includes(found.state) || leftSeconds === 0) return found
    await setTimeout(Math.max(0, Math.min(askedAt + ASK_EVERY_MS, until) - performance.now()))
  }
}
