import type { Template } from '../timeline/template-store.ts'
import type { World } from '../world.ts'
import type { StoredEvent } from './event-store.ts'

/** What an event is a case of: its name, its templates and the definitions of its values. Undefined once that was deleted. */
export function findType(world: World, { api, typeId, portalId }: StoredEvent): Template | undefined {
  switch (api) {
    case 'timeline-v1':
      return world.eventTypes.find(typeId)
    case 'timeline-v3':
      return world.templates.find(typeId)
    case 'app-events':
      return world.appEventTypes.find(typeId)
    case 'custom-events':
      return world.customEvents.find(portalId, typeId)
  }
}
