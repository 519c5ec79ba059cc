import { isIdentified } from '../../outbox/event.ts'
import type { NewEvent } from '../../outbox/event.ts'
import { isRemembered, momentsTouched, rememberEvent } from '../../outbox/remember-event.ts'
import type { Plans } from '../../outbox/remember-event.ts'
import type { Tally } from '../../outbox/store.ts'
import { StartOver } from './database.ts'
import type { Database } from './database.ts'
import { momentsInMemory } from './moments-in-memory.ts'
import { insertMoments, momentId, readMoments, updateMoments } from './moments-table.ts'
import type { MomentId } from './moments-table.ts'
import { addAccounts, insertRows, messageOf, newRow, promiseName, readKnown, readStored } from './outbox-table.ts'
import type { PromiseKey } from './outbox-table.ts'
import { addToTallies } from './tallies-table.ts'
import type { SiteTally } from './tallies-table.ts'
import type { Transaction } from './transaction.ts'

export type Stored = 'queued' | 'duplicate'

/** What one call wants written. */
export interface Batch {
  events: NewEvent[]
  rejected: Tally[]
}

/**
 * Writes the batches of a group in one commit, however many they are, and says of each event whether it was new. It takes two round
 * trips; three where a person's moments are read before.
 *
 * The moments that the events are added to are locked first, so that no other node adds to the same person's in between; whoever
 * comes second sees what the first has stored. A moment that has no row yet cannot be locked: when another node begins the same
 * one in between, all starts over, and finds it. [docs/adr/0008]
 */
export async function enqueueGroup(database: Database, plans: Plans, batches: Batch[]): Promise<Stored[][]> {
  const events = batches.flatMap((batch) => batch.events)
  const tallies = batches.flatMap(({ rejected }) => rejected.map((tally) => ({ ...tally, received: tally.rejected })))
  if (events.length === 0) {
    await database.run(addToTallies(tallies))
    return batches.map(() => [])
  }
  const promised = await database.transaction((transaction) => storeEvents(transaction, plans, { events, tallies }))
  return batches.map((batch) => promised.splice(0, batch.events.length))
}

interface Group {
  events: NewEvent[]
  tallies: SiteTally[]
}

async function storeEvents(transaction: Transaction, plans: Plans, { events, tallies }: Group): Promise<Stored[]> {
  const { moments, known } = await readWhatIsThere(transaction, plans, events.filter(({ name }) => isRemembered(plans, name)))
  const rowsOf = events.map((event) => {
    const targets = event.targets.filter((target) => isNew(known, { ...messageOf(event), target }))
    if (targets.length === 0) return []
    const properties = rememberEvent(event, plans, moments)
    return targets.map((target) => newRow(event, target, properties))
  })
  const [added, changed] = [moments.added(), moments.changed()]
  const written = await transaction.run(
    addAccounts(events.map(({ account }) => account)),
    ...(added.length > 0 ? [insertMoments(added)] : []),
    ...(changed.length > 0 ? [updateMoments(changed)] : []),
    insertRows(rowsOf.flat()),
  )
  if (added.length > 0 && written[1]?.count !== added.length) throw new StartOver('another node has begun the same moment')
  const isStored = readStored(written.at(-1))
  const storedOf = rowsOf.map((rows) => rows.filter(isStored).length)
  await transaction.commit(addToTallies([...tallies, ...events.map((event, index) => tallyOf(event, storedOf[index] ?? 0))]))
  return storedOf.map((stored) => (stored > 0 ? 'queued' : 'duplicate'))
}

/** Of events that are remembered. The others need nothing: which of them are there already, the insert says. */
async function readWhatIsThere(transaction: Transaction, plans: Plans, events: NewEvent[]) {
  if (events.length === 0) return { moments: momentsInMemory([]), known: new Set<string>() }
  const written = new Map<string, MomentId>()
  const read = new Map<string, MomentId>()
  for (const event of events) {
    const touched = momentsTouched(event, plans)
    const add = (to: Map<string, MomentId>) => (id: MomentId) => void to.set(JSON.stringify(id), id)
    touched.written.map((which) => momentId(event, which)).forEach(add(written))
    touched.read.map((which) => momentId(event, which)).forEach(add(read))
  }
  for (const name of written.keys()) read.delete(name)
  const [locked, others, known] = await transaction.run(
    readMoments([...written.values()], 'for update'),
    readMoments([...read.values()]),
    readKnown(events),
  )
  const moments = momentsInMemory([...(locked?.rows ?? []), ...(others?.rows ?? [])])
  return { moments, known: new Set(known?.rows.map(promiseName)) }
}

/** True once for each promise; then it is known. */
function isNew(known: Set<string>, promise: PromiseKey): boolean {
  const name = promiseName(promise)
  if (known.has(name)) return false
  known.add(name)
  return true
}

function tallyOf(event: NewEvent, stored: number): SiteTally {
  const { account, site, targets } = event
  const isDue = isIdentified(event)
  return { account, site, received: targets.length, duplicate: targets.length - stored, queued: isDue ? stored : 0, needs_identity: isDue ? 0 : stored }
}
