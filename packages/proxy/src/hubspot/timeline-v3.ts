import type { EventDefinition, EventDefinitions, Property } from '@trackline/shared'
import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'
import { itemOutcome, troubleOfAll } from './item-outcome.ts'
import { lookUpTypes, TYPE_MISSING, waitForDefinitions } from './look-up-ids.ts'
import { namesRecord } from './missing-record.ts'
import { extrasOf, recordOf } from './record-of.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'
import { tokenMissing } from './template-ids.ts'
import type { Template } from './template-ids.ts'
import { valueWithoutLinks } from './without-links.ts'

const MULTI_STATUS = 207

interface TimelineOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  settings: TargetSettings['timeline-v3']
  /** HubSpot's template of an event, by our name of it; undefined while HubSpot has none. */
  template: (eventName: string, accessToken: string) => Promise<Template | undefined>
  /** Whether HubSpot's template cannot have changed much since. */
  isRecent: (template: Template) => boolean
}

/**
 * Timeline events, v3: templates with tokens, immutable events.
 *
 * HubSpot keeps one event for an id, so sending again is harmless. 201: all were created. 207: the body says which.
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function timelineV3({ endpoint, events, settings, template, isRecent }: TimelineOptions): Target {
  async function send(rows: Row[], accessToken: string): Promise<Delivery> {
    const waiting = waitForDefinitions(rows, events)
    if (waiting) return waiting
    const templates = await lookUpTypes(rows, (name) => template(name, accessToken))
    if (!Array.isArray(templates)) return { kind: 'whole', outcome: templates }
    const missing = rows.map(({ name }, index) => waitForTemplate(templates[index], events[name]))
    // Nothing is said of those that could go, so they go among themselves: what HubSpot answers is then theirs alone.
    if (missing.some((outcome) => outcome)) return { kind: 'each', outcomes: missing }
    const delivery = await post(rows, rows.map((row, index) => toTimelineEvent(row, templates[index])), accessToken)
    if (delivery.kind !== 'each') return delivery
    return { ...delivery, outcomes: delivery.outcomes.map((outcome, index) => doubt(outcome, rows[index], templates[index])) }
  }

  async function post(rows: Row[], inputs: object[], accessToken: string): Promise<Delivery> {
    const path = `${settings.path}/events/batch/create`
    return sendRequest(endpoint, { method: 'POST', path, accessToken, json: { inputs } }, (answer) => readAnswer(answer, rows))
  }

  /** What was good for the template as it was listed, HubSpot refuses once a token was added: the first refusal counts where the list is recent. */
  function doubt(outcome: Outcome | undefined, row?: Row, type?: Template): Outcome | undefined {
    const isDoubtful = outcome?.kind === 'dead' && row?.attempt === 1 && type && !isRecent(type)
    return isDoubtful ? { ...outcome, kind: 'retry' } : outcome
  }

  function toTimelineEvent(row: Row, type: Template | undefined): object {
    const properties = events[row.name]?.properties ?? {}
    return {
      id: row.eventId,
      eventTemplateId: type?.id,
      timestamp: new Date(row.occurredAt).toISOString(),
      tokens: toTokens(row.properties, properties, type?.tokens),
      ...recordOf(row),
      ...extrasOf(row),
    }
  }

  return { batchSize: settings.batchSize, send }
}

/** Nothing is wrong with an event that HubSpot has no template for, or one that lacks a token: HubSpot would refuse it. */
function waitForTemplate(template: Template | undefined, definition: EventDefinition | undefined): Outcome | undefined {
  if (!template) return TYPE_MISSING
  const token = tokenMissing(template, definition)
  return token === undefined ? undefined : { ...TYPE_MISSING, detail: `the event template has no token '${token}' yet: run "trackline events push"` }
}

/** Every token of the template as a string: HubSpot refuses an event that leaves one out, also one that no definition has. '' is "no value". */
function toTokens(values: Row['properties'], properties: Readonly<Record<string, Property>>, tokens: Iterable<string> = Object.keys(properties)): Record<string, string> {
  const given = Object.entries(values).map(([name, value]) => [name, String(valueWithoutLinks(value, properties[name]))])
  return Object.fromEntries([...Array.from(tokens, (name) => [name, '']), ...given])
}

function readAnswer({ status, body }: Answer, rows: Row[]): Delivery | undefined {
  const isSuccess = status === 200 || status === 201 || status === MULTI_STATUS
  const trouble = status === MULTI_STATUS ? troubleOfAll(listOf(body, 'results'), listOf(body, 'errors')) : undefined
  if (trouble) return { kind: 'whole', outcome: trouble }
  return isSuccess ? { kind: 'each', outcomes: readResults(body, rows, status) } : undefined
}

/** An event is delivered when HubSpot names its id among the results; a success that names none is not believed. */
function readResults(body: unknown, rows: Row[], status: number): (Outcome | undefined)[] {
  const created = new Set(listOf(body, 'results').map((result) => Reflect.get(result, 'id')).filter((id) => typeof id === 'string'))
  const isWholeAnswer = status === MULTI_STATUS || created.size > 0
  const errors = listOf(body, 'errors')
  const errorOf = (row: Row) => errors.find((error) => idsOf(error).includes(row.eventId))
  return rows.map((row): Outcome | undefined => {
    if (created.has(row.eventId)) return { kind: 'delivered' }
    if (!isWholeAnswer) return { kind: 'retry', code: 'HUBSPOT_ANSWER_UNREADABLE', detail: `HubSpot answered ${status} without results` }
    const error = errorOf(row)
    if (rows.length === 1) return readItemError(error ?? errors[0], row)
    // Wrong in itself, whatever it was sent with. Anything else is asked about again, among those that have no answer either.
    return readErrorBody(error).category === 'VALIDATION_ERROR' ? itemOutcome(error) : undefined
  })
}

/** The events that an error is of, where it says so: `context.ids`, as HubSpot's other batch answers do. */
function idsOf(error: object): unknown[] {
  const ids: unknown = Reflect.get(Object(Reflect.get(error, 'context')), 'ids')
  return Array.isArray(ids) ? ids : []
}

/** What became of an event that was alone in its request, and is not among the results. */
function readItemError(error: unknown, row: Row): Outcome {
  const isTemplateGone = readErrorBody(error).category === 'OBJECT_NOT_FOUND' && !namesRecord(row)
  return isTemplateGone ? { ...itemOutcome(error), ...TYPE_MISSING } : itemOutcome(error)
}

function listOf(body: unknown, member: 'results' | 'errors'): object[] {
  const list: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, member) : undefined
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : []
}
