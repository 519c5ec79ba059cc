import { checkIdentity } from '../events/check-identity.ts'
import { checkValues } from '../events/check-values.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { notFound, validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import type { CompletionDraft } from './read-completion.ts'

const MAX_PROPERTIES = 50

/** A custom event that may be stored, and the sender's own id of it. */
export type ReadyCompletion = { event: ReadyEvent; uuid: string | undefined }

/** Checks a custom event against its definition, or refuses it naming the first rule it breaks. Nothing is stored. */
export function checkCompletion(world: World, portalId: number, draft: CompletionDraft): ReadyCompletion {
  const { eventName, properties, email, utk, objectId, uuid } = draft
  const type = world.customEvents.find(portalId, eventName)
  if (type === undefined)
    throw notFound(`Account ${portalId} has no event definition "${eventName}": send its full name, pe${portalId}_…`)
  checkIdentity(draft, type.objectType)
  checkCount(properties)
  const rules = { noun: 'property', owner: `event definition "${type.id}"`, isComplete: false } as const
  const event = {
    api: 'custom-events',
    type,
    portalId,
    id: uuid ?? world.newId(),
    identity: { email, utk, objectId },
    domain: undefined,
    extraData: undefined,
    timelineIFrame: undefined,
    tokens: checkValues(type.tokens, properties, rules),
    timestamp: readOccurredAt(draft.occurredAt) ?? world.now(),
  } as const
  return { event, uuid }
}

function checkCount(properties: object) {
  const count = Object.keys(properties).length
  if (count <= MAX_PROPERTIES) return
  throw validationError(`an event may have values for at most ${MAX_PROPERTIES} properties, not ${count}`)
}

function readOccurredAt(value: unknown): Date | undefined {
  if (value === undefined) return undefined
  const moment = readMoment(value)
  if (moment !== undefined) return moment
  throw validationError(`"occurredAt" must be ISO 8601 or milliseconds since 1970, not ${describe(value)}`)
}
