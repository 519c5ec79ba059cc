import type { EventDefinitions } from '@trackline/shared'
import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { sendRequest } from './send-request.ts'
import type { Delivery, Target } from './target.ts'

const MULTI_STATUS = 207
const DELIVERED: Outcome = { kind: 'delivered' }

export interface ContactPropertiesOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  settings: TargetSettings['contact-properties']
}

/**
 * Contact properties: works on every HubSpot tier. Each property that names a `contactProperty` is written to the contact, which is made
 * when there is none; an event without such a property asks nothing of HubSpot.
 *
 * Writing the same values again changes nothing, so sending again is harmless.
 * @see https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
 */
export function contactProperties({ endpoint, events, settings }: ContactPropertiesOptions): Target {
  async function send(rows: Row[], accessToken: string): Promise<Delivery> {
    const inputs = mergeByEmail(rows, propertiesOf)
    if (inputs.length === 0) return { kind: 'each', outcomes: rows.map(() => DELIVERED) }
    return sendRequest(endpoint, { method: 'POST', path: `${settings.path}/batch/upsert`, accessToken, json: { inputs } }, (answer) => readAnswer(answer, rows))
  }

  function propertiesOf(row: Row): Record<string, string> {
    const defined = Object.entries(events[row.name]?.properties ?? {})
    return Object.fromEntries(
      defined.flatMap(([name, { contactProperty }]) => {
        const value = row.properties[name]
        return contactProperty === undefined || value === undefined ? [] : [[contactProperty, String(value)]]
      }),
    )
  }

  return { batchSize: settings.batchSize, send }
}

interface ContactInput {
  id: string
  idProperty: 'email'
  properties: Record<string, string>
}

/** HubSpot refuses a contact that occurs twice in a batch: the events of one person become one input, the latest value of each property. */
function mergeByEmail(rows: Row[], propertiesOf: (row: Row) => Record<string, string>): ContactInput[] {
  const byEmail = new Map<string, Record<string, string>>()
  for (const row of rows) {
    // HubSpot knows no difference of case, and takes a contact once.
    const email = (row.person.email ?? '').toLowerCase()
    byEmail.set(email, { ...byEmail.get(email), ...propertiesOf(row) })
  }
  return [...byEmail].flatMap(([id, properties]) => (Object.keys(properties).length ? [{ id, idProperty: 'email' as const, properties }] : []))
}

function readAnswer({ status, body }: Answer, rows: Row[]): Delivery | undefined {
  // A success that names no contact is not believed: the general table calls it unreadable.
  if (status === 200 || status === 201) return resultsOf(body).length ? { kind: 'each', outcomes: rows.map(() => DELIVERED) } : undefined
  if (status !== MULTI_STATUS) return undefined
  const written = new Set(resultsOf(body).map(emailOf))
  // Alone, an event whose contact is not among the results has been refused; among others, it is asked about again.
  const refused: Outcome = { kind: 'dead', code: 'HUBSPOT_REJECTED_EVENT', detail: messageOf(body) }
  return { kind: 'each', outcomes: rows.map(({ person }) => (written.has(person.email?.toLowerCase()) ? DELIVERED : rows.length === 1 ? refused : undefined)) }
}

function resultsOf(body: unknown): unknown[] {
  const results: unknown = Reflect.get(Object(body), 'results')
  return Array.isArray(results) ? results : []
}

/** HubSpot answers with the email in lower case. */
function emailOf(contact: unknown): string | undefined {
  const email: unknown = Reflect.get(Object(Reflect.get(Object(contact), 'properties')), 'email')
  return typeof email === 'string' ? email.toLowerCase() : undefined
}

function messageOf(body: unknown): string {
  const errors: unknown = Reflect.get(Object(body), 'errors')
  const message: unknown = Array.isArray(errors) ? Reflect.get(Object(errors[0]), 'message') : undefined
  return typeof message === 'string' ? message : 'HubSpot refused the contact without a reason'
}
