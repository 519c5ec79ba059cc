import { createHash } from 'node:crypto'
import type { Row } from '../outbox/event.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { toInternalName } from './internal-name.ts'
import { recordOf } from './record-of.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'

const NO_CONTENT = 204
const UUID_DIGITS = 32

export interface CustomEventsOptions {
  endpoint: HubSpotEndpoint
  settings: TargetSettings['custom-events']
}

/**
 * Custom events: for accounts of the Enterprise tier, no partner status needed.
 *
 * HubSpot keeps the first event of a `uuid` for a year, so sending again is harmless. Success is an empty 204.
 * @see https://developers.hubspot.com/docs/api-reference/events-send-event-completions-v3/guide
 */
export function customEvents({ endpoint, settings }: CustomEventsOptions): Target {
  const path = `${customEventsPath(settings)}/send/batch`

  async function send(rows: Row[], accessToken: string): Promise<Delivery> {
    const json = { inputs: rows.map(toCompletion) }
    return sendRequest(endpoint, { method: 'POST', path, accessToken, json }, (answer) => readAnswer(answer, rows))
  }

  return { batchSize: settings.batchSize, send }
}

/** Where the API lies, that of the definitions too. */
export function customEventsPath({ path, version }: TargetSettings['custom-events']): string {
  return path ?? `/events/${version}`
}

function toCompletion(row: Row): Record<string, unknown> {
  return {
    eventName: `pe${row.account}_${toInternalName(row.name)}`,
    uuid: toUuid(row.eventId),
    ...recordOf(row),
    occurredAt: new Date(row.occurredAt).toISOString(),
    properties: Object.fromEntries(Object.entries(row.properties).map(([name, value]) => [toInternalName(name), String(value)])),
  }
}

/** The event id in the form of a UUID (version 8: made by a rule of our own, RFC 9562 section 5.8). */
function toUuid(eventId: string): string {
  const hex = createHash('sha256').update(eventId).digest('hex').slice(0, UUID_DIGITS)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
}

function readAnswer({ status }: Answer, rows: Row[]): Delivery | undefined {
  return status === NO_CONTENT ? { kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) } : undefined
}
