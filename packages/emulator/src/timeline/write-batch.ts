import type { JsonBody } from '../http/body-parsers.ts'
import { errorBody } from '../http/error-replies.ts'
import { HubSpotError, malformedJson, validationError } from '../http/hubspot-error.ts'
import { endOfArrayObject, positionAt } from '../http/json-position.ts'
import { describe, isFields } from '../http/read-fields.ts'
import type { World } from '../world.ts'
import type { StoredEvent } from './event-store.ts'
import { eventWire } from './event-wire.ts'
import { readEvent } from './read-event.ts'
import type { EventDraft } from './read-event.ts'
import { writeEvent } from './write-event.ts'

export const MAX_BATCH_EVENTS = 100

/**
 * Writes a batch. A body that cannot be read, or is too long, is refused whole; otherwise each event stands for itself:
 * 201 when all were stored, 207 when some were not.
 */
export function writeBatch(world: World, portalId: number, body: JsonBody) {
  const startedAt = world.now().toISOString()
  const outcomes = readBatch(body).map((draft) => tryWrite(world, portalId, draft))
  const results = outcomes.filter((outcome) => 'event' in outcome).map(({ event }) => eventWire(event))
  const errors = outcomes.filter((outcome) => 'error' in outcome).map(({ error }) => error)
  const answer = { status: 'COMPLETE', startedAt, completedAt: world.now().toISOString(), results }
  if (errors.length === 0) return { statusCode: 201, answer }
  return { statusCode: 207, answer: { ...answer, errors, numErrors: errors.length } }
}

function readBatch({ text, value }: JsonBody): EventDraft[] {
  const inputs: unknown = isFields(value) ? value['inputs'] : undefined
  const refuseAt = (offset: number) => (problem: string) => malformedJson(positionAt(text, offset), problem)
  if (inputs === undefined)
    throw refuseAt(text.length)('Cannot build BatchInputTimelineEvent, some of required attributes are not set [inputs]')
  if (!Array.isArray(inputs))
    throw refuseAt(text.length)(`Cannot deserialize "inputs" from ${describe(inputs)}: it must be a list`)
  if (inputs.length > MAX_BATCH_EVENTS) {
    throw validationError(`a batch may hold at most ${MAX_BATCH_EVENTS} events, not ${inputs.length}: none was stored`)
  }
  // The place is looked for only once something is wrong: it means reading the whole text again.
  const refuseInput = (index: number) => (problem: string) => refuseAt(endOfArrayObject(text, index))(problem)
  return inputs.map((input: unknown, index) => readEvent(input, refuseInput(index)))
}

type Outcome = { event: StoredEvent } | { error: Record<string, unknown> }

function tryWrite(world: World, portalId: number, draft: EventDraft): Outcome {
  try {
    return { event: writeEvent(world, portalId, draft) }
  } catch (refusal) {
    if (!(refusal instanceof HubSpotError)) throw refusal
    // HubSpot's other batch answers name the failed ids under context.ids.
    return { error: { ...errorBody(refusal, world.newId()), context: { ids: [draft.id ?? ''] } } }
  }
}
