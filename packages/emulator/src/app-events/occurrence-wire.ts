import type { StoredEvent } from '../events/event-store.ts'

/** An app event as the API answers it. Fields that were not sent are left out. */
export function occurrenceWire(event: StoredEvent) {
  return {
    id: event.id,
    eventTypeName: event.typeId,
    objectId: event.objectId,
    email: event.email,
    utk: event.utk,
    domain: event.domain,
    timestamp: event.timestamp.toISOString(),
    properties: event.tokens,
    extraData: event.extraData,
    timelineIFrame: event.timelineIFrame,
  }
}
