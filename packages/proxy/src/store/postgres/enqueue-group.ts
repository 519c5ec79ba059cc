import type { NewEvent, TargetName } from '../../outbox/event.ts'
import { isRemembered, momentsTouched, rememberEvent } from '../../outbox/remember-event.ts'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Tally } from '../../outbox/store.ts'
import { StartOver } from './database.ts'
import type { Database } from './database.ts'
import { momentsInMemory } from './moments-in-memory.ts'
import type { MomentsInMemory } from './moments-in-memory.ts'
import { insertMoments, momentId, readMoments, updateMoments } from './moments-table.ts'
import type { MomentId } from './moments-table.ts'
import { messageOf, newRow, promiseName, readKnown, readStored, storeRows } from './outbox-table.ts'
import type { Received } from './tallies-table.ts'
import type { Transaction } from './transaction.ts'

export type Stored = 'queued' | 'duplicate'

/** What one call wants written. */
export interface Batch {
  events: NewEvent[]
  rejected: Tally[]
}

/**
 * Writes the batches of a group in one commit, however many they are, and says of each event whether it was new. It takes one round
 * trip; two where a person's moments are read before, three where some are begun.
 *
 * The moments that the events are added to are locked first, so that no other node adds to the same person's in between; whoever
 * comes second sees what the first has stored. A moment that has no row yet cannot be locked: when another node begins the same
 * one in between, all starts over, and finds it. [docs/adr/0008]
 */
export async function enqueueGroup(database: Database, plans: Plans, batches: Batch[]): Promise<Stored[][]> {
  const events = batches.flatMap((batch) => batch.events)
  const rejected = batches.flatMap((batch) => batch.rejected.map((tally) => ({ ...tally, received: tally.rejected })))
  const promised = await database.transaction((transaction) => storeEvents(transaction, plans, { events, rejected }))
  return batches.map((batch) => promised.splice(0, batch.events.length))
}

interface Group {
  events: NewEvent[]
  rejected: Received[]
}

async function storeEvents(transaction: Transaction, plans: Plans, { events, rejected }: Group): Promise<Stored[]> {
  const remembered = events.filter(({ name }) => isRemembered(plans, name))
  const { moments, isNew } = await readWhatIsThere(transaction, plans, remembered)
  const rowsOf = events.map((event) => {
    const targets = event.targets.filter((target) => isNew(event, target))
    if (targets.length === 0) return []
    const properties = rememberEvent(event, plans, moments)
    return targets.map((target) => newRow(event, target, properties))
  })
  const [added, changed] = [moments.added(), moments.changed()]
  if (added.length > 0) {
    const [inserted] = await transaction.run(insertMoments(added))
    if (inserted?.count !== added.length) throw new StartOver('another node has begun the same moment')
  }
  const accepted = events.map(({ account, site, targets }) => ({ account, site, received: targets.length, rejected: 0 }))
  const written = await transaction.commit(
    ...(changed.length > 0 ? [updateMoments(changed)] : []),
    storeRows(rowsOf.flat(), [...accepted, ...rejected]),
  )
  const takeStored = readStored(written.at(-1))
  return rowsOf.map((rows) => (rows.filter(takeStored).length > 0 ? 'queued' : 'duplicate'))
}

interface WhatIsThere {
  moments: MomentsInMemory
  /** True once for each promise that is not stored; then it is known. */
  isNew: (event: NewEvent, target: TargetName) => boolean
}

/** Where no event is remembered nothing is read: which of them are new, the insert says. */
async function readWhatIsThere(transaction: Transaction, plans: Plans, remembered: NewEvent[]): Promise<WhatIsThere> {
  if (remembered.length === 0) return { moments: momentsInMemory([]), isNew: () => true }
  const written = new Map<string, MomentId>()
  const read = new Map<string, MomentId>()
  for (const event of remembered) {
    const touched = momentsTouched(event, plans)
    const add = (to: Map<string, MomentId>) => (id: MomentId) => void to.set(JSON.stringify(id), id)
    touched.written.map((which) => momentId(event, which)).forEach(add(written))
    touched.read.map((which) => momentId(event, which)).forEach(add(read))
  }
  for (const name of written.keys()) read.delete(name)
  const [locked, others, stored] = await transaction.run(
    readMoments([...written.values()], 'for update'),
    readMoments([...read.values()]),
    readKnown(remembered),
  )
  const known = new Set(stored?.rows.map(promiseName))
  return {
    moments: momentsInMemory([...(locked?.rows ?? []), ...(others?.rows ?? [])]),
    isNew(event, target) {
      const name = promiseName({ ...messageOf(event), target })
      const wasKnown = known.has(name)
      known.add(name)
      return !wasKnown
    },
  }
}
