import type { Template } from '../timeline/template-store.ts'
import type { World } from '../world.ts'
import type { Identity } from './check-identity.ts'
import type { EventName, NewEvent, StoredEvent } from './event-store.ts'
import { findRecord } from './find-record.ts'
import { stampContact } from './stamp-contact.ts'

/** An event that has passed every rule of its API and type; only the record it names may still refuse it. */
export type ReadyEvent = Pick<
  NewEvent,
  'api' | 'id' | 'portalId' | 'domain' | 'tokens' | 'extraData' | 'timelineIFrame' | 'timestamp'
> & { type: Template; identity: Identity }

/** Places, stamps and stores one event. Nothing is changed when its record refuses it. */
export function storeEvent(world: World, { type, identity, ...event }: ReadyEvent): StoredEvent {
  const { objectType } = type
  const { objectId, contact } = findRecord(world, { portalId: event.portalId, objectType, identity })
  if (contact) stampContact(world, { contact, definitions: type.tokens, values: event.tokens })
  return world.events.write({ ...event, ...identity, typeId: type.id, objectType, objectId }, world.now())
}

/** What the store knows an event by, before it is stored. */
export function nameOf({ api, type, id }: ReadyEvent): EventName {
  return { api, typeId: type.id, id }
}
