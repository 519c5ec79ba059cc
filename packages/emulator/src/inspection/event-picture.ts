import type { EventApi } from '../events/event-api.ts'
import type { StoredEvent } from '../events/event-store.ts'
import { findType } from '../events/find-type.ts'
import { renderDetail, renderHeader } from '../rendering/render-event.ts'
import { eventWire } from '../timeline/event-wire.ts'
import type { World } from '../world.ts'

// What each API's sender calls the kind of event.
const TYPE_NAMES: Readonly<Record<EventApi, string>> = {
  'timeline-v1': 'eventTypeId',
  'timeline-v3': 'eventTemplateId',
  'app-events': 'eventTypeName',
  'custom-events': 'eventName',
}

/** One stored event, in v3's names whatever API it came by, with how often it was written and how it looks. */
export function eventPicture(world: World, event: StoredEvent) {
  const { api, portalId, writes, email, objectId, typeId, tokens } = event
  const contact =
    objectId === undefined || event.objectType !== 'contacts' ? undefined : world.contacts.findById(portalId, objectId)
  const { eventTemplateId: _same, ...wire } = eventWire(event)
  const values = api === 'timeline-v3' ? {} : { properties: tokens }
  return {
    api,
    ...wire,
    [TYPE_NAMES[api]]: typeId,
    ...values,
    email: contact?.email ?? email,
    portalId,
    writes,
    ...looks(world, event),
  }
}

function looks(world: World, event: StoredEvent) {
  const type = findType(world, event)
  if (type === undefined) return {}
  const [header, detail] = [renderHeader(type, event), renderDetail(type, event)]
  return {
    templateName: type.name,
    header: header.text,
    headerHtml: header.html,
    detail: detail.text,
    detailHtml: detail.html,
  }
}
