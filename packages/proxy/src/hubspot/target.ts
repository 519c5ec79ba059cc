import type { Outcome } from '../outcome.ts'
import type { Row } from '../outbox/event.ts'

/** What HubSpot's answer to one request means. */
export type Delivery =
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
  send(rows: Row[], accessToken: string): Promise<Delivery>
}
