import type { EventDefinitions } from '@trackline/shared'
import type { Row } from '../outbox/event.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { isKnownAlready } from './is-known-already.ts'
import { readMissingRecord } from './missing-record.ts'
import { extrasOf, recordOf } from './record-of.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'
import { valueWithoutLinks } from './without-links.ts'

export interface AppEventsOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  settings: TargetSettings['app-events']
}

/**
 * App events: for technology partners whose event types HubSpot has approved.
 *
 * HubSpot takes 500 at once; a batch with one bad event is refused as a whole, and a smaller one is searched sooner.
 * A batch is accepted as a whole or not at all: 400 when one event is wrong, 409 when one is known.
 * @see https://developers.hubspot.com/docs/apps/developer-platform/add-features/app-events/send-event-occurrences
 */
export function appEvents({ endpoint, events, settings }: AppEventsOptions): Target {
  const path = `${settings.path ?? `/integrators/timeline/${settings.version}`}/events/batch`

  async function send(rows: Row[], accessToken: string): Promise<Delivery> {
    const json = { inputs: rows.map(toOccurrence) }
    return sendRequest(endpoint, { method: 'POST', path, accessToken, json }, (answer) => readAnswer(answer, rows))
  }

  function toOccurrence(row: Row): Record<string, unknown> {
    return {
      eventTypeName: row.name,
      id: row.eventId,
      ...recordOf(row),
      timestamp: new Date(row.occurredAt).toISOString(),
      properties: Object.fromEntries(
        Object.entries(row.properties).map(([name, value]) => [name, String(valueWithoutLinks(value, events[row.name]?.properties?.[name]))]),
      ),
      ...extrasOf(row),
    }
  }

  return { batchSize: settings.batchSize, send }
}

function readAnswer(answer: Answer, rows: Row[]): Delivery | undefined {
  const isStored = !answer.isForeign && (answer.status === 200 || answer.status === 201 || (rows.length === 1 && isKnownAlready(answer)))
  // An event type that HubSpot lacks is refused with 400.
  return isStored ? { kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) } : readMissingRecord(answer, rows)
}
