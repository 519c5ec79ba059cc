import type { Outcome } from '../outcome.ts'
import type { Row } from '../outbox/event.ts'
import type { RequestLimits } from './request-limits.ts'

/** What HubSpot's answer to one request means, and what it says of the requests that it allows. */
export type Delivery = Meaning & { limits?: RequestLimits }

type Meaning =
  /** It spoke of each event: one outcome a row, in their order. `undefined`: it did not speak of this one, send it again alone. */
  | { kind: 'each'; outcomes: (Outcome | undefined)[] }
  /** It spoke of the request as a whole. */
  | { kind: 'whole'; outcome: Outcome }
  /** The access token is not good any more. */
  | { kind: 'token-refused' }

/** One of HubSpot's ways to record an event. */
export interface Target {
  /** Most events of one request. */
  batchSize: number
  /**
   * Sends these rows, which are of one account.
   * @param mustStop  whether nothing more may be sent for the account: asked by a target that waits for something before it sends. What it
   *   answers then is {@link NOT_SENT}. Without it: never.
   */
  send(rows: Row[], accessToken: string, mustStop?: () => boolean): Promise<Delivery>
  /** What HubSpot was found to lack may be there by now: it is asked again. Absent where nothing is remembered. */
  lookAgain?(): void
}

/** These were not sent, since nothing more may be for the account: they are due as before. */
export const NOT_SENT: Delivery & { kind: 'whole' } = { kind: 'whole', outcome: { kind: 'snooze', forMs: 0, code: 'HUBSPOT_RATE_LIMITED' } }

/** HubSpot's answer left this event out. */
export const UNANSWERED: Outcome = { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE', detail: 'HubSpot did not say what became of this event' }
