import type { EventApi } from './event-api.ts'
import type { TokenValues } from './check-values.ts'
import type { ObjectType } from './object-types.ts'
import type { TimelineIFrame } from './timeline-iframe.ts'

export type StoredEvent = {
  api: EventApi
  id: string
  /** What kind of event it is: template id (v3), event type id (v1), uid (app events), fully qualified name (custom events). */
  typeId: string
  portalId: number
  objectType: ObjectType
  /** Undefined while only a `utk` is known that belongs to no contact yet. */
  objectId: string | undefined
  email: string | undefined
  utk: string | undefined
  domain: string | undefined
  timestamp: Date
  tokens: TokenValues
  extraData: unknown
  timelineIFrame: TimelineIFrame | undefined
  createdAt: Date
  /** How often this id was written; more than 1 means it was sent again. */
  writes: number
  /** Rises with every change in the emulator, so that a page can ask for what it has missed. */
  change: number
}

export type NewEvent = Omit<StoredEvent, 'createdAt' | 'writes' | 'change'>

/** What a watcher hears: the event as it is now, and the record it was on before if that was another. */
export type EventChange = { event: StoredEvent; leftObjectId: string | undefined }

type Watcher = (change: EventChange) => void

/** Names one event: within an API an id is unique per type, across all accounts. */
export type EventName = Pick<StoredEvent, 'api' | 'typeId' | 'id'>

/** Holds the events of every API. Writing a known name replaces the event, on another record too: an API that forbids it asks. */
export function createEvents() {
  const events = new Map<string, StoredEvent>()
  const byRecord = new Map<string, Set<StoredEvent>>()
  const watchers = new Set<Watcher>()
  let changes = 0

  function write(wanted: NewEvent, now: Date): StoredEvent {
    const before = events.get(eventKey(wanted))
    changes += 1
    const event = { ...wanted, createdAt: before?.createdAt ?? now, writes: (before?.writes ?? 0) + 1, change: changes }
    replace(event, before)
    return event
  }

  /** Puts the events of a visitor, known so far by `utk` only, on the contact it turned out to be. */
  function attachVisitor({ portalId, utk, objectId }: { portalId: number; utk: string; objectId: string }): void {
    const waiting = [...(byRecord.get(recordKey({ portalId, objectType: 'contacts', objectId: undefined })) ?? [])]
    for (const event of waiting.filter((unattached) => unattached.utk === utk)) {
      changes += 1
      replace({ ...event, objectId, change: changes }, event)
    }
  }

  function replace(event: StoredEvent, before: StoredEvent | undefined) {
    if (before) byRecord.get(recordKey(before))?.delete(before)
    events.set(eventKey(event), event)
    const siblings = byRecord.get(recordKey(event)) ?? new Set()
    byRecord.set(recordKey(event), siblings.add(event))
    const hasMoved = before !== undefined && recordKey(before) !== recordKey(event)
    for (const watcher of watchers) watcher({ event, leftObjectId: hasMoved ? before.objectId : undefined })
  }

  /** Notes that a known event was sent again without effect. */
  function countRepeat(name: EventName): void {
    const event = events.get(eventKey(name))
    if (event) event.writes += 1
  }

  /** Removes every event of a type, from all accounts. */
  function dropType({ api, typeId }: Pick<StoredEvent, 'api' | 'typeId'>): void {
    for (const event of events.values()) {
      if (event.api !== api || event.typeId !== typeId) continue
      events.delete(eventKey(event))
      byRecord.get(recordKey(event))?.delete(event)
    }
  }

  /** Calls back after every write until the returned function is called. */
  function watch(watcher: Watcher): () => void {
    watchers.add(watcher)
    return () => void watchers.delete(watcher)
  }

  return {
    write,
    attachVisitor,
    countRepeat,
    dropType,
    watch,
    find: (name: EventName) => events.get(eventKey(name)),
    ofContact: (portalId: number, objectId: string) =>
      newestFirst(byRecord.get(recordKey({ portalId, objectType: 'contacts', objectId })) ?? []),
    all: () => newestFirst(events.values()),
    /** Number of the latest change. */
    latestChange: () => changes,
  }
}

// JSON keeps ("1", "2:3") and ("1:2", "3") apart, which joining with a sign would not.
function eventKey({ api, typeId, id }: EventName): string {
  return JSON.stringify([api, typeId, id])
}

function recordKey({ portalId, objectType, objectId }: Pick<StoredEvent, 'portalId' | 'objectType' | 'objectId'>): string {
  return `${portalId}/${objectType}/${objectId ?? ''}`
}

function newestFirst(events: Iterable<StoredEvent>): StoredEvent[] {
  return [...events].sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime() || b.change - a.change)
}
