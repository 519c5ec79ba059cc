import type { TimelineIFrame } from './check-event.ts'
import type { TokenValues } from './check-token-values.ts'
import type { ObjectType } from './template-store.ts'

export type StoredEvent = {
  id: string
  eventTemplateId: string
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

/**
 * Holds timeline events. An id is unique per template across all accounts; the last one written wins, as in v3:
 * writing a known id replaces the event, on another record too.
 */
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

  function dropTemplate(eventTemplateId: string): void {
    for (const event of events.values()) {
      if (event.eventTemplateId !== eventTemplateId) continue
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
    dropTemplate,
    watch,
    find: (eventTemplateId: string, id: string) => events.get(eventKey({ eventTemplateId, id })),
    ofContact: (portalId: number, objectId: string) =>
      newestFirst(byRecord.get(recordKey({ portalId, objectType: 'contacts', objectId })) ?? []),
    all: () => newestFirst(events.values()),
    /** Number of the latest change. */
    latestChange: () => changes,
  }
}

// JSON keeps ("1", "2:3") and ("1:2", "3") apart, which joining with a sign would not.
function eventKey({ eventTemplateId, id }: { eventTemplateId: string; id: string }): string {
  return JSON.stringify([eventTemplateId, id])
}

function recordKey({ portalId, objectType, objectId }: Pick<StoredEvent, 'portalId' | 'objectType' | 'objectId'>): string {
  return `${portalId}/${objectType}/${objectId ?? ''}`
}

function newestFirst(events: Iterable<StoredEvent>): StoredEvent[] {
  return [...events].sort((a, b) => b.timestamp.getTime() - a.timestamp.getTime() || b.change - a.change)
}
