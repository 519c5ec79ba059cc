import type { Row } from '../../outbox/event.ts'

/** Claimed rows of one target that wait to be sent. No two batches that are on their way hold rows of the same person. */
export interface Line {
  /** Rows that wait; some of them for another row of their person to be settled. */
  waiting(): number
  /** Rows that no batch on its way is known to stand in the way of. */
  ready(): number
  add(rows: Row[]): void
  /** The next batch, in the order of arrival: up to `limit` rows, none of a person whose rows are on their way. */
  take(limit: number): Row[]
  /** These rows have been settled: what came after them for the same people may go. */
  settled(rows: Row[]): void
  /** Takes all that wait out of the line. */
  clear(): Row[]
}

/**
 * A person's events reach HubSpot in the order of their arrival, although several batches are on their way at once: a row waits
 * while another of its person is on its way. So a "last login" never moves backwards.
 */
export function createLine(): Line {
  let ready: Row[] = []
  let next = 0
  /** Who has rows on their way, and their rows that wait for those. */
  const held = new Map<string, Row[]>()
  let heldRows = 0

  return {
    waiting: () => ready.length - next + heldRows,
    ready: () => ready.length - next,
    add(rows) {
      ready = [...ready.slice(next), ...rows]
      next = 0
    },
    take(limit) {
      const batch: Row[] = []
      const inThisBatch = new Set<string>()
      for (let row = ready[next]; row && batch.length < limit; row = ready[++next]) {
        const person = personOf(row)
        const behind = inThisBatch.has(person) ? undefined : held.get(person)
        if (behind) heldRows += behind.push(row) && 1
        else batch.push(row)
        if (!behind && !inThisBatch.has(person)) held.set(person, [])
        if (!behind) inThisBatch.add(person)
      }
      return batch
    },
    settled(rows) {
      const freed = [...new Set(rows.map(personOf))].flatMap((person) => {
        const behind = held.get(person) ?? []
        held.delete(person)
        return behind
      })
      heldRows -= freed.length
      if (freed.length === 0) return
      ready = [...freed, ...ready.slice(next)]
      next = 0
    },
    clear() {
      const all = [...held.values()].flat().concat(ready.slice(next))
      held.clear()
      ready = []
      next = heldRows = 0
      return all
    },
  }
}

/** A record is found by its number, a contact by its email; there HubSpot knows no difference of case. */
function personOf({ person, placement, target }: Row): string {
  const email = person.email?.toLowerCase()
  // Contact properties are written to whoever has the email, whatever else the event says.
  return (target === 'contact-properties' ? (email ?? placement?.objectId) : (placement?.objectId ?? email)) ?? ''
}
