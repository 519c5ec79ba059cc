import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'

/** HubSpot has no type for this event yet. */
export const TYPE_MISSING = { kind: 'retry', code: 'EVENT_TYPE_MISSING' } as const satisfies Outcome

/** HubSpot's id of the type of each row, undefined where it has none; or what it means that HubSpot could not be asked. */
export async function lookUpIds(rows: Row[], idOf: (eventName: string) => Promise<string | undefined>): Promise<(string | undefined)[] | Outcome> {
  try {
    return await Promise.all(rows.map((row) => idOf(row.name)))
  } catch (error) {
    return { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail: error instanceof Error ? error.message : String(error) }
  }
}
