import { compareWithHubSpot, killAgainAndAgain } from './stage/kill-again.ts'
import type { Found } from './stage/kill-again.ts'
import { openStage } from './stage/open-stage.ts'
import { seedRandom } from './stage/seed-random.ts'
import type { Ledger } from './stage/send-under-fire.ts'
import { DATABASES, startDatabase } from './stage/start-database.ts'
import type { DatabaseName } from './stage/start-database.ts'

/**
 * Kills the service with -9 hundreds of times while a million events come in, on each database; then every event that was
 * accepted must be at the HubSpot emulator, once. Ends with 1 when one is not.
 *
 * TRACKLINE_TORTURE_KILLS (500), TRACKLINE_TORTURE_EVENTS (1000000), TRACKLINE_TORTURE_DATABASES (SQLite,PostgreSQL), TRACKLINE_SEED
 */
const kills = Number(process.env.TRACKLINE_TORTURE_KILLS ?? 500)
const events = Number(process.env.TRACKLINE_TORTURE_EVENTS ?? 1_000_000)
const seed = Number(process.env.TRACKLINE_SEED ?? Date.now() % 1_000_000)
const wanted = (process.env.TRACKLINE_TORTURE_DATABASES ?? DATABASES.join()).toLowerCase().split(',')

const ACCOUNTS = 16
const SENDERS = 8
const LOAD = { people: 500, batches: [10, 20, 50], maxPauseMs: 5 }
const PROGRESS_EVERY_KILLS = 10
/** What waits for the accounts of the last killed process, and for HubSpot. */
const DRAIN_WITHIN_MS = 3_600_000

for (const name of DATABASES) if (wanted.includes(name.toLowerCase())) await torture(name)

async function torture(name: DatabaseName): Promise<void> {
  const startedAt = performance.now()
  const minutes = () => ((performance.now() - startedAt) / 60_000).toFixed(1)
  process.stdout.write(`torture of ${name}: ${kills} kills, ${events} events, seed ${seed}\n`)
  const database = await startDatabase(name)
  const stage = await openStage({ accounts: ACCOUNTS, env: database.env })
  const onKill = (kill: number, { accepted }: Ledger) => {
    if (kill % PROGRESS_EVERY_KILLS === 0) process.stdout.write(`${name}: ${kill} kills, ${accepted.size} events accepted, ${minutes()} minutes\n`)
  }
  const killing = { stage, random: seedRandom(seed), accounts: ACCOUNTS, senders: SENDERS, load: LOAD, kills, onKill }
  // The moment of a kill is evenly spread: on average, half of the most that may come in between.
  const ledger = await killAgainAndAgain({ ...killing, maxEventsBetween: Math.ceil((2 * events) / kills) }, DRAIN_WITHIN_MS)
  process.stdout.write(`${name}: everything is settled after ${minutes()} minutes; comparing with HubSpot\n`)
  report(name, ledger, await compareWithHubSpot(stage, ledger))
  await stage.close()
  await database.stop()
}

function report(name: DatabaseName, ledger: Ledger, { audit, missing, strange, twice, ...found }: Found): void {
  const { received, ...states } = audit
  const isExact = Object.values(states).reduce((sum, count) => sum + count, 0) === received
  const lost = { missing: missing.length, strange: strange.length, twice: twice.length }
  process.stdout.write(`${name}: ${JSON.stringify({ kills, ...found, ...lost, unanswered: ledger.retriedRequests, audit })}\n`)
  const isKept = missing.length + strange.length + twice.length + found.strangers === 0 && audit.delivered === found.accepted && isExact
  process.stdout.write(isKept ? `${name}: every promise was kept\n` : `${name}: PROMISES WERE BROKEN, such as ${[...missing, ...strange, ...twice].slice(0, 5)}\n`)
  if (!isKept) process.exitCode = 1
}
