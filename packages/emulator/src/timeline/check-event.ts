import { checkIdentity } from '../events/check-identity.ts'
import { checkValues } from '../events/check-values.ts'
import { readIFrame } from '../events/timeline-iframe.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import { readMoment } from '../moments/read-moment.ts'
import type { World } from '../world.ts'
import type { EventDraft } from './read-event.ts'
import { findTemplate } from './template-routes.ts'

/** Checks an event against its template and HubSpot's rules, or refuses it naming the first rule it breaks. Nothing is stored. */
export function checkEvent(world: World, portalId: number, draft: EventDraft): ReadyEvent {
  const type = findTemplate(world, draft.eventTemplateId)
  if (draft.id === '') throw validationError('"id" must not be empty: leave it out to have one made')
  checkIdentity(draft, type.objectType)
  const rules = { noun: 'token', owner: `template "${type.id}"`, isComplete: true } as const
  const { email, utk, objectId, domain, extraData } = draft
  return {
    api: 'timeline-v3',
    type,
    portalId,
    identity: { email, utk, objectId },
    domain,
    extraData,
    tokens: checkValues(type.tokens, draft.tokens, rules),
    timestamp: readTimestamp(draft.timestamp) ?? world.now(),
    timelineIFrame: readIFrame(draft.timelineIFrame),
    id: expandId(draft.id, world.newId),
  }
}

function readTimestamp(value: unknown): Date | undefined {
  if (value === undefined) return undefined
  const moment = readMoment(value)
  if (moment === undefined)
    throw validationError(`"timestamp" must be ISO 8601 or milliseconds since 1970, not ${describe(value)}`)
  return moment
}

function expandId(id: string | undefined, newId: () => string): string {
  return id === undefined ? newId() : id.replaceAll('{{uuid}}', () => newId())
}
