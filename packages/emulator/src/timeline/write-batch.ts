import type { StoredEvent } from '../events/event-store.ts'
import type { JsonBody } from '../http/body-parsers.ts'
import { errorBody } from '../http/error-replies.ts'
import { HubSpotError } from '../http/hubspot-error.ts'
import { readBatch } from '../http/read-batch.ts'
import type { World } from '../world.ts'
import { eventWire } from './event-wire.ts'
import { readEvent } from './read-event.ts'
import type { EventDraft } from './read-event.ts'
import { writeEvent } from './write-event.ts'

const SHAPE = { kind: 'BatchInputTimelineEvent', list: 'inputs', max: 100, read: readEvent }

/**
 * Writes a batch. A body that cannot be read, or is too long, is refused whole; otherwise each event stands for itself:
 * 201 when all were stored, 207 when some were not.
 */
export function writeBatch(world: World, portalId: number, body: JsonBody) {
  const startedAt = world.now().toISOString()
  const outcomes = readBatch(body, SHAPE).map((draft) => tryWrite(world, portalId, draft))
  const results = outcomes.filter((outcome) => 'event' in outcome).map(({ event }) => eventWire(event))
  const errors = outcomes.filter((outcome) => 'error' in outcome).map(({ error }) => error)
  const answer = { status: 'COMPLETE', startedAt, completedAt: world.now().toISOString(), results }
  if (errors.length === 0) return { statusCode: 201, answer }
  return { statusCode: 207, answer: { ...answer, errors, numErrors: errors.length } }
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
