import type { EventDefinitions, PropertyValue } from '@trackline/shared'
import type { Row } from '../outbox/event.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { isKnownAlready } from './is-known-already.ts'
import { lookUpTypes, TYPE_MISSING } from './look-up-ids.ts'
import { readMissingRecord } from './missing-record.ts'
import { extrasOf, recordOf } from './record-of.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'
import type { Template } from './template-ids.ts'
import { valueWithoutLinks } from './without-links.ts'

export interface TimelineV1Options {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  appId: number
  settings: TargetSettings['timeline-v1']
  /** HubSpot's event type, by our name of the event; its id is a number. */
  eventType: (eventName: string) => Promise<Template | undefined>
}

/**
 * Timeline events, v1: event types with properties, for apps that have them already.
 *
 * A batch is stored as a whole or not at all; success is an empty 204. An id that HubSpot knows is refused with 400, and then it is there;
 * before December 2024, by `PUT`, it was written once more.
 * @see https://developers.hubspot.com/changelog/legacy-v1-integration-timeline-api-update
 */
export function timelineV1(options: TimelineV1Options): Target {
  const { endpoint, events, appId, settings } = options

  async function send(rows: Row[], accessToken: string): Promise<Delivery> {
    const types = await lookUpTypes(rows, options.eventType)
    if (!Array.isArray(types)) return { kind: 'whole', outcome: types }
    if (types.includes(undefined)) return { kind: 'each', outcomes: types.map((type) => (type === undefined ? TYPE_MISSING : undefined)) }
    const eventWrappers = rows.map((row, index) => toEvent(row, Number(types[index]?.id)))
    const path = `${settings.path}/${appId}/timeline/event/batch`
    return sendRequest(endpoint, { method: settings.method, path, accessToken, json: { eventWrappers } }, (answer) => readAnswer(answer, rows))
  }

  function toEvent(row: Row, eventTypeId: number): Record<string, unknown> {
    return {
      ...Object.fromEntries(Object.entries(row.properties).map(([name, value]) => [name, toValue(row, name, value)])),
      id: row.eventId,
      eventTypeId,
      timestamp: row.occurredAt,
      ...recordOf(row),
      ...extrasOf(row),
      ...iframeOf(row),
    }
  }

  /** Numbers stay numbers, dates are milliseconds since 1970. */
  function toValue(row: Row, name: string, value: PropertyValue): PropertyValue {
    return typeof value === 'boolean' ? String(value) : valueWithoutLinks(value, events[row.name]?.properties?.[name])
  }

  return { batchSize: settings.batchSize, send }
}

/** v1 has names of its own for the same. */
function iframeOf({ placement }: Row): Record<string, unknown> {
  if (!placement?.timelineIFrame) return {}
  const { linkLabel, headerLabel, url, width, height } = placement.timelineIFrame
  return { timelineIFrame: { linkLabel, iframeLabel: headerLabel, iframeUri: url, width, height } }
}

function readAnswer(answer: Answer, rows: Row[]): Delivery | undefined {
  const isStored = !answer.isForeign && (answer.status === 200 || answer.status === 204 || (rows.length === 1 && isKnownAlready(answer)))
  return isStored ? { kind: 'each', outcomes: rows.map(() => ({ kind: 'delivered' })) } : readMissingRecord(answer, rows)
}
