import type { EventDefinitions } from '@trackline/shared'
import { isOlder } from '../outbox/contact-write.ts'
import type { ContactWrite } from '../outbox/contact-write.ts'
import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { emailOf, inputsOf, latestOf, placeOf, valuesOf } from './contact-values.ts'
import type { ContactInput, Value } from './contact-values.ts'
import { itemOutcome, raceOutcomes, troubleOfAll } from './item-outcome.ts'
import { waitForDefinitions } from './look-up-ids.ts'
import { sendRequest } from './send-request.ts'
import { NOT_SENT } from './target.ts'
import type { Delivery, Target } from './target.ts'

const MULTI_STATUS = 207
const BAD_REQUEST = 400
const CONFLICT = 409
const PROPERTY_MISSING = 'PROPERTY_DOESNT_EXIST'
const DELIVERED: Outcome = { kind: 'delivered' }

/** What HubSpot's contacts are known to have been told, across processes and restarts. */
export interface ContactWrites {
  read(query: { account: number; contacts: string[] }): Promise<ContactWrite[]>
  note(noted: { account: number; writes: ContactWrite[] }): Promise<void>
}

export interface ContactPropertiesOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  settings: TargetSettings['contact-properties']
  contactWrites: ContactWrites
}

/**
 * Contact properties: works on every HubSpot tier. Each property that names a `contactProperty` is written to the contact, which is made
 * when there is none; an event without such a property asks nothing of HubSpot.
 *
 * Writing the same values again changes nothing, so sending again is harmless. What a later event has written already is left out: an
 * event may be delivered after one that came after it, and its values must not stand then. [docs/adr/0023]
 * @see https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide
 */
export function contactProperties({ endpoint, events, settings, contactWrites }: ContactPropertiesOptions): Target {
  async function send(rows: Row[], accessToken: string, mustStop = () => false): Promise<Delivery> {
    const waiting = waitForDefinitions(rows, events)
    if (waiting) return waiting
    const account = rows[0]?.account ?? 0
    const values = await withoutOvertaken(account, latestOf(rows.flatMap((row) => valuesOf(row, events))))
    const inputs = inputsOf(values)
    if (inputs.length === 0) return { kind: 'each', outcomes: rows.map(() => DELIVERED) }
    // Whoever has the account now may have told the contact of later events since its writes were read.
    if (mustStop()) return NOT_SENT
    const call = { method: 'POST', path: `${settings.path}/batch/upsert`, accessToken, json: { inputs } } as const
    const delivery = await sendRequest(endpoint, call, (answer) => readAnswer(answer, { rows, inputs, setBy }))
    const taken = writesTaken(delivery, rows, values)
    // Before the rows are settled: should the process end in between, they are sent again, and no older one comes after them.
    if (taken.length) await contactWrites.note({ account, writes: taken })
    return delivery
  }

  function setBy(row: Row): string[] {
    return valuesOf(row, events).map(({ property }) => property)
  }

  async function withoutOvertaken(account: number, values: Value[]): Promise<Value[]> {
    if (values.length === 0) return values
    const written = await contactWrites.read({ account, contacts: [...new Set(values.map(({ contact }) => contact))] })
    const standing = new Map(written.map((write) => [placeOf(write), write]))
    return values.filter((value) => !isOlder(value, standing.get(placeOf(value)) ?? value))
  }

  return { batchSize: settings.batchSize, send }
}

/** Of these values, those whose contact HubSpot has written. */
function writesTaken(delivery: Delivery, rows: Row[], values: Value[]): ContactWrite[] {
  if (delivery.kind !== 'each') return []
  const taken = new Set(rows.filter((_, index) => delivery.outcomes[index]?.kind === 'delivered').map(({ person }) => emailOf(person.email)))
  return values.filter(({ email }) => taken.has(email)).map(({ contact, name, rank, seq }) => ({ contact, name, rank, seq }))
}

interface Sent {
  rows: Row[]
  inputs: ContactInput[]
  /** The contact properties that an event sets. */
  setBy: (row: Row) => string[]
}

function readAnswer({ status, body }: Answer, { rows, inputs, setBy }: Sent): Delivery | undefined {
  // A success that names no contact is not believed: the general table calls it unreadable.
  if (status === 200 || status === 201) return resultsOf(body).length ? { kind: 'each', outcomes: rows.map(() => DELIVERED) } : undefined
  const missing = missingProperties(body)
  const waitsFor = (row: Row) => setBy(row).find((name) => missing.has(name))
  if (status === BAD_REQUEST && rows.some(waitsFor)) return { kind: 'each', outcomes: rows.map((row) => waitingFor(waitsFor(row))) }
  if (status === CONFLICT) return { kind: 'each', outcomes: raceOutcomes(body, rows) }
  if (status !== MULTI_STATUS) return undefined
  const trouble = troubleOfAll(resultsOf(body), listOf(body, 'errors'))
  if (trouble) return { kind: 'whole', outcome: trouble }
  const written = new Set(resultsOf(body).map(emailOfContact))
  const refused = new Set(inputs.map(({ id }) => id).filter((email) => !written.has(email)))
  // Alone, an event whose contact is not among the results has been refused; among others, it is asked about again.
  const reason = rows.length === 1 ? itemOutcome(listOf(body, 'errors')[0]) : undefined
  const outcomeOf = (row: Row) => (refused.has(emailOf(row.person.email)) ? (waitingFor(waitsFor(row)) ?? reason) : DELIVERED)
  return { kind: 'each', outcomes: rows.map(outcomeOf) }
}

/** Like an event type that is missing: nothing is wrong with the event. */
function waitingFor(property: string | undefined): Outcome | undefined {
  return property === undefined ? undefined : { kind: 'retry', code: 'EVENT_TYPE_MISSING', detail: `the account has no contact property "${property}"` }
}

/** Names of the properties that HubSpot says the account does not have: of one contact of a 207, or of all that it refused. */
function missingProperties(body: unknown): Set<string> {
  const errors = listOf(body, 'errors')
  const problems = [...errors, ...errors.flatMap((error) => listOf(error, 'errors'))].filter((problem) => Reflect.get(Object(problem), 'code') === PROPERTY_MISSING)
  return new Set(problems.flatMap((problem) => listOf(Reflect.get(Object(problem), 'context'), 'propertyName')).map(String))
}

function resultsOf(body: unknown): unknown[] {
  return listOf(body, 'results')
}

function listOf(holder: unknown, name: string): unknown[] {
  const list: unknown = Reflect.get(Object(holder), name)
  return Array.isArray(list) ? list : []
}

function emailOfContact(contact: unknown): string | undefined {
  const email: unknown = Reflect.get(Object(Reflect.get(Object(contact), 'properties')), 'email')
  return typeof email === 'string' ? emailOf(email) : undefined
}
