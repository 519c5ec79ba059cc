import type { Database } from './database.ts'

const READ_EVERY_MS = 5_000
/** An answer that took longer tells too little of the moment when it was given. */
const MAX_TOOK_MS = 500

export interface ClockReader {
  close(): void
}

/** Tells what the database's clock shows: once before it resolves, then every 5 seconds. A database that is away is asked again then. */
export async function readClock(database: Database, onClock: (ms: number) => void): Promise<ClockReader> {
  async function read(): Promise<void> {
    const askedAt = performance.now()
    const [answer] = await database.run({ text: 'select extract(epoch from clock_timestamp()) * 1000 as ms' })
    const tookMs = performance.now() - askedAt
    // Whatever it took, half of it is the best guess for the way back.
    if (tookMs <= MAX_TOOK_MS) onClock(Number(answer?.rows[0]?.ms) + tookMs / 2)
  }

  await read()
  const timer = setInterval(() => void read().catch(() => undefined), READ_EVERY_MS)
  return { close: () => clearInterval(timer) }
}
