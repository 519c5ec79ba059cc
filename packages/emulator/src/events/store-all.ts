import { conflict } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import type { StoredEvent } from './event-store.ts'
import { lookUpRecord } from './find-record.ts'
import { storeEvent } from './store-event.ts'
import type { ReadyEvent } from './store-event.ts'

/** Stores a batch whole, or refuses it whole: nothing is changed unless every event finds its record. */
export function storeAll(world: World, events: readonly ReadyEvent[]): StoredEvent[] {
  for (const { portalId, type, identity } of events) lookUpRecord(world, { portalId, objectType: type.objectType, identity })
  refuseEmailClash(world, events)
  return events.map((event) => storeEvent(world, event))
}

// An email next to an objectId becomes that contact's: if another event of the batch means somebody else by the same email,
// one of the two would fail half way.
function refuseEmailClash(world: World, events: readonly ReadyEvent[]) {
  const renames = events.filter((event) => isRename(world, event))
  for (const { identity } of renames) {
    const email = identity.email?.toLowerCase()
    const clash = events.some(
      (other) => other.identity.email?.toLowerCase() === email && other.identity.objectId !== identity.objectId,
    )
    if (clash) throw conflict(`email "${email}" stands for two contacts in one batch: none of its events was stored`)
  }
}

function isRename(world: World, { portalId, type, identity: { email, objectId } }: ReadyEvent): boolean {
  if (!email || !objectId || type.objectType !== 'contacts') return false
  return world.contacts.findById(portalId, objectId)?.email !== email.toLowerCase()
}
