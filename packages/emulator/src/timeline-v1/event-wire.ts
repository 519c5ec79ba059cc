import { DEVELOPER_APP } from '../developer-app.ts'
import type { StoredEvent } from '../events/event-store.ts'
import { singularOf } from '../events/object-types.ts'
import { IFRAME_NAMES_V1, iframeWire } from '../events/timeline-iframe.ts'

/** An event as v1 answers it: flat, times in milliseconds. Fields that were not sent are left out. */
export function eventWire(event: StoredEvent) {
  return {
    ...event.tokens,
    id: event.id,
    applicationId: DEVELOPER_APP.id,
    portalId: event.portalId,
    eventTypeId: Number(event.typeId),
    objectType: singularOf(event.objectType),
    objectId: event.objectId === undefined ? undefined : Number(event.objectId),
    email: event.email,
    utk: event.utk,
    domain: event.domain,
    timestamp: event.timestamp.getTime(),
    extraData: event.extraData,
    timelineIFrame: iframeWire(event.timelineIFrame, IFRAME_NAMES_V1),
  }
}
