import { createHash } from 'node:crypto'
import type { Row } from '../outbox/event.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import { callHubSpot } from './call.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { toInternalName } from './internal-name.ts'
import { raceOutcomes } from './item-outcome.ts'
import { readMissingRecord } from './missing-record.ts'
import { recordOf } from './record-of.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'

const OK = 200
const NO_CONTENT = 204
const CONFLICT = 409
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
    return sendRequest(endpoint, { method: 'POST', path, accessToken, json }, (answer) => readAnswer(answer, rows, accessToken))
  }

  async function readAnswer(answer: Answer, rows: Row[], accessToken: string): Promise<Delivery | undefined> {
    if (answer.status === NO_CONTENT) return { kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) }
    if (answer.status === CONFLICT) return { kind: 'each', outcomes: raceOutcomes(answer.body, rows) }
    const missing = readMissingRecord(answer, rows)
    // HubSpot says the same of a definition that the account lacks, which all events would wait for.
    return missing && rows[0] && (await isDefined(rows[0], accessToken)) ? missing : undefined
  }

  async function isDefined(row: Row, accessToken: string): Promise<boolean> {
    const path = `${customEventsPath(settings)}/event-definitions/${eventNameOf(row)}`
    return (await callHubSpot(endpoint, { method: 'GET', path, accessToken })).status === OK
  }

  return { batchSize: settings.batchSize, send }
}

/** Where the API lies, that of the definitions too. */
export function customEventsPath({ path, version }: TargetSettings['custom-events']): string {
  return path ?? `/events/${version}`
}

/** HubSpot's full name of the event. */
function eventNameOf({ account, name }: Row): string {
  return `pe${account}_${toInternalName(name)}`
}

function toCompletion(row: Row): Record<string, unknown> {
  return {
    eventName: eventNameOf(row),
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
