import type { StoredEvent } from '../events/event-store.ts'
import { storeEvent } from '../events/store-event.ts'
import type { World } from '../world.ts'
import { checkEvent } from './check-event.ts'
import type { EventDraft } from './read-event.ts'

/** Checks and stores one event. The last one written under an id wins, on another record and in another account too. */
export function writeEvent(world: World, portalId: number, draft: EventDraft): StoredEvent {
  return storeEvent(world, checkEvent(world, portalId, draft))
}
