import type { StoredEvent } from '../events/event-store.ts'

/** An event as the v3 API answers it. Fields that were not sent are left out. */
export function eventWire(event: StoredEvent) {
  return {
    id: event.id,
    eventTemplateId: event.typeId,
    objectType: event.objectType,
    objectId: event.objectId,
    email: event.email,
    utk: event.utk,
    domain: event.domain,
    timestamp: event.timestamp.toISOString(),
    tokens: event.tokens,
    extraData: event.extraData,
    timelineIFrame: event.timelineIFrame,
    createdAt: event.createdAt.toISOString(),
  }
}
