import type { Database } from './database.ts'

const READ_EVERY_MS = 5_000
/** An answer that took longer tells too little of the moment when it was given. */
const MAX_TOOK_MS = 500
/** So often it is asked for a first quick answer; after that, the quickest is better than none. */
const FIRST_TRIES = 3

export interface ClockReader {
  close(): void
}

/** How far the database's clock is ahead of our own that nobody can set, and how long the answer took. */
interface Reading {
  aheadMs: number
  tookMs: number
}

/** Tells what the database's clock shows: once before it resolves, then every 5 seconds. A database that is away is asked again then. */
export async function readClock(database: Database, onClock: (ms: number) => void): Promise<ClockReader> {
  const tell = ({ aheadMs }: Reading) => onClock(performance.now() + aheadMs)

  async function tellQuick(): Promise<void> {
    const reading = await read(database)
    if (reading.tookMs <= MAX_TOOK_MS) tell(reading)
  }

  tell(await readFirst(database))
  const timer = setInterval(() => void tellQuick().catch(() => undefined), READ_EVERY_MS)
  return { close: () => clearInterval(timer) }
}

/** The first counts however long it took: without it the process would go by its own clock. */
async function readFirst(database: Database): Promise<Reading> {
  let quickest = await read(database)
  for (let tries = 1; quickest.tookMs > MAX_TOOK_MS && tries < FIRST_TRIES; tries++) {
    const another = await read(database)
    if (another.tookMs < quickest.tookMs) quickest = another
  }
  return quickest
}

/** The time that it takes to get a connection does not count. */
function read(database: Database): Promise<Reading> {
  return database.transaction(async ({ commit }) => {
    const askedAt = performance.now()
    const [answer] = await commit({ text: 'select extract(epoch from clock_timestamp()) * 1000 as ms' })
    const answeredAt = performance.now()
    const tookMs = answeredAt - askedAt
    // Whatever it took, half of it is the best guess for the way back.
    return { aheadMs: Number(answer?.rows[0]?.ms) + tookMs / 2 - answeredAt, tookMs }
  })
}
