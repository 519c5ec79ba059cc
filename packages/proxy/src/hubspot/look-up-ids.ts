import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import { HubSpotRefusal } from './definitions/ask-hubspot.ts'

/** HubSpot has no type for this event yet. */
export const TYPE_MISSING = { kind: 'retry', code: 'EVENT_TYPE_MISSING' } as const satisfies Outcome

/** HubSpot's id of the type of each row, undefined where it has none; or what it means that HubSpot could not be asked. */
export async function lookUpIds(rows: Row[], idOf: (eventName: string) => Promise<string | undefined>): Promise<(string | undefined)[] | Outcome> {
  try {
    return await Promise.all(rows.map((row) => idOf(row.name)))
  } catch (error) {
    // A developer key that is not good any more, or a scope for templates that is missing, is this target's trouble: the others go on.
    const isRight = error instanceof HubSpotRefusal && (error.status === 401 || error.status === 403)
    return { kind: 'retry', code: isRight ? 'HUBSPOT_FORBIDDEN' : 'HUBSPOT_UNAVAILABLE', detail: error instanceof Error ? error.message : String(error) }
  }
}
