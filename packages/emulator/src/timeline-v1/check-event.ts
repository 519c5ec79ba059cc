import { checkIdentity } from '../events/check-identity.ts'
import { checkValues } from '../events/check-values.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { IFRAME_NAMES_V1, readIFrame } from '../events/timeline-iframe.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import { readEpochMoment } from '../moments/read-epoch-moment.ts'
import type { World } from '../world.ts'
import { findEventType } from './event-type-routes.ts'
import type { EventDraft } from './read-event.ts'

const DATES = { read: readEpochMoment, wording: 'a date: milliseconds since 1970' }

/** Checks a v1 event against its type, or refuses it naming the first rule it breaks. Nothing is stored. */
export function checkEvent(world: World, portalId: number, draft: EventDraft): ReadyEvent {
  const type = findEventType(world, draft.eventTypeId)
  const { id, email, utk, objectId, domain, extraData, values } = draft
  if (id === '') throw validationError('"id" must not be empty: v1 makes no ids')
  checkIdentity(draft, type.objectType)
  const rules = { noun: 'property', owner: `event type ${type.id}`, isComplete: false, dates: DATES } as const
  return {
    api: 'timeline-v1',
    type,
    portalId,
    id,
    identity: { email, utk, objectId },
    domain,
    extraData,
    tokens: checkValues(type.tokens, values, rules),
    timestamp: readTimestamp(draft.timestamp) ?? world.now(),
    timelineIFrame: readIFrame(draft.timelineIFrame, IFRAME_NAMES_V1),
  }
}

function readTimestamp(value: unknown): Date | undefined {
  if (value === undefined) return undefined
  const moment = readEpochMoment(value)
  if (moment === undefined) throw validationError(`"timestamp" must be milliseconds since 1970, not ${describe(value)}`)
  return moment
}
