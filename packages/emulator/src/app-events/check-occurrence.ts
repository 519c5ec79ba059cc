import { checkIdentity } from '../events/check-identity.ts'
import { checkValues } from '../events/check-values.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { readIFrame } from '../events/timeline-iframe.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import { readIsoMoment } from '../moments/read-iso-moment.ts'
import type { World } from '../world.ts'
import type { OccurrenceDraft } from './read-occurrence.ts'

/** Checks an app event against its type, or refuses it with 400 naming the first rule it breaks. Nothing is stored. */
export function checkOccurrence(world: World, portalId: number, draft: OccurrenceDraft): ReadyEvent {
  const { id, eventTypeName, email, utk, objectId, domain, extraData } = draft
  const type = world.appEventTypes.findByName(eventTypeName)
  if (type === undefined) throw validationError(`"eventTypeName" "${eventTypeName}" names no app event type of this app`)
  if (id === '') throw validationError('"id" must not be empty')
  refuseCustomObject(draft)
  checkIdentity(draft, type.objectType)
  const rules = { noun: 'property', owner: `app event type "${type.id}"`, isComplete: false } as const
  return {
    api: 'app-events',
    type,
    portalId,
    id,
    identity: { email, utk, objectId },
    domain,
    extraData,
    tokens: checkValues(type.tokens, draft.properties, rules),
    timestamp: readTimestamp(draft.timestamp) ?? world.now(),
    timelineIFrame: readIFrame(draft.timelineIFrame),
  }
}

function refuseCustomObject({ objectTypeFullyQualifiedName: name }: OccurrenceDraft) {
  if (name === undefined) return
  throw validationError(`"objectTypeFullyQualifiedName" is for custom objects only: leave out "${name}"`)
}

function readTimestamp(value: unknown): Date | undefined {
  if (value === undefined) return undefined
  const moment = readIsoMoment(value)
  if (moment === undefined) throw validationError(`"timestamp" must be ISO 8601 with a time zone, not ${describe(value)}`)
  return moment
}
