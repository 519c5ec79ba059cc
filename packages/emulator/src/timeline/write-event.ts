import { stampContact } from './stamp-contact.ts'
import type { World } from '../world.ts'
import { checkEvent } from './check-event.ts'
import type { StoredEvent } from './event-store.ts'
import { findRecord } from './find-record.ts'
import type { EventDraft } from './read-event.ts'
import { findTemplate } from './template-routes.ts'

/** Checks, places, stamps and stores one event. Nothing is changed unless every check has passed. */
export function writeEvent(world: World, portalId: number, draft: EventDraft): StoredEvent {
  const template = findTemplate(world, draft.eventTemplateId)
  const { tokens, timestamp, timelineIFrame } = checkEvent(draft, template)
  const { objectType } = template
  const { objectId, contact } = findRecord(world, { portalId, objectType, identity: draft })
  if (contact) stampContact(world, { contact, template, tokens })
  const { eventTemplateId, email, utk, domain, extraData } = draft
  const event = {
    id: expandId(draft.id, world.newId),
    eventTemplateId,
    portalId,
    objectType,
    objectId,
    email,
    utk,
    domain,
    tokens,
    extraData,
    timelineIFrame,
    timestamp: timestamp ?? world.now(),
  }
  return world.events.write(event, world.now())
}

function expandId(id: string | undefined, newId: () => string): string {
  return id === undefined ? newId() : id.replaceAll('{{uuid}}', () => newId())
}
