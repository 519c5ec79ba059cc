import type { StoredEvent } from '../events/event-store.ts'
import { lookUpRecord } from '../events/find-record.ts'
import { nameOf } from '../events/store-event.ts'
import type { ReadyEvent } from '../events/store-event.ts'
import { HubSpotError } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'
import type { V1Era } from './era.ts'

/**
 * Refuses a batch with an id that is in use. Ids are unique per event type across all accounts. Since 2 December 2024 no event
 * can be written twice; before, PUT updated an event on its own record and refused it on any other.
 *
 * @see https://developers.hubspot.com/changelog/legacy-v1-integration-timeline-api-update
 */
export function refuseKnownIds(world: World, events: readonly ReadyEvent[], era: V1Era): void {
  if (era === 'post' ? hasRepeats(events) : hasTwoRecordsForOneId(events)) throw alreadyInUse()
  for (const event of events) {
    const known = world.events.find(nameOf(event))
    if (known && (era === 'post' || !isSameRecord(world, event, known))) throw alreadyInUse()
  }
}

function hasRepeats(events: readonly ReadyEvent[]): boolean {
  return new Set(events.map(nameKey)).size < events.length
}

function hasTwoRecordsForOneId(events: readonly ReadyEvent[]): boolean {
  const identities = events.map((event) => nameKey(event) + JSON.stringify(event.identity).toLowerCase())
  return new Set(events.map(nameKey)).size < new Set(identities).size
}

function nameKey(event: ReadyEvent): string {
  return JSON.stringify(nameOf(event))
}

function isSameRecord(world: World, { portalId, type, identity }: ReadyEvent, known: StoredEvent): boolean {
  if (known.portalId !== portalId) return false
  return lookUpRecord(world, { portalId, objectType: type.objectType, identity }).objectId === known.objectId
}

// HubSpot sends no category with it.
function alreadyInUse(): HubSpotError {
  return new HubSpotError(400, 'Event ID already in use, please choose a new unique ID')
}
