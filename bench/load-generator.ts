import { once } from 'node:events'
import { openConnection } from './connection.ts'
import type { Connection } from './connection.ts'
import { eventBody } from './event-body.ts'
import { openHttpConnection } from './http-connection.ts'
import type { LoadOrder, LoadResult, LoadSettings } from './messages.ts'
import { originOf } from './origin.ts'

/** Keep-alive connections that each send a request as soon as the one before is answered. Told its settings, then `prepare` and `go`, as often as it likes. CLIENT=node:http sends by Node's own client. */
const [settings] = (await once(process, 'message')) as [LoadSettings] // What `warmUp` sends.
const { urls, tokens, accounts, eventsPerRequest } = settings
const open = process.env.CLIENT === 'node:http' ? openHttpConnection : openConnection
const latenciesMs: number[] = []
const orders: Record<LoadOrder, () => unknown> = { prepare, go: measure, count: () => process.send?.(answered) }
let answered = 0
/** Requests sent for each account. */
const sent = new Map<number, number>()

/** Sent and not measured, before each turn. */
const LEAD_SECONDS = 0.3
const openAt = (index: number) => open(urls[Math.floor(index / accounts) % urls.length] ?? '')
const connections = await Promise.all(Array.from({ length: settings.connections }, (_, index) => openAt(index)))
// Before the clock starts: code that runs for the first time, connections and the first verification are not what is measured.
await sendFor(settings.warmUpSeconds)
process.on('message', (told: LoadOrder) => void orders[told]())
process.once('disconnect', () => connections.forEach(({ close }) => close()))
process.send?.('ready')

/** After a wait: servers close what is idle, and V8 gives memory back. */
async function prepare(): Promise<void> {
  for (const [index, connection] of connections.entries()) if (!connection.isOpen()) connections[index] = await openAt(index)
  await sendFor(LEAD_SECONDS)
  process.send?.('ready')
}

async function measure(): Promise<void> {
  latenciesMs.length = 0
  await sendFor(settings.seconds)
  process.send?.(measured())
}

async function sendFor(seconds: number): Promise<void> {
  const endAt = performance.now() + seconds * 1_000
  await Promise.all(connections.map((connection, index) => sendUntil(endAt, connection, index % accounts)))
}

async function sendUntil(endAt: number, connection: Connection, account: number): Promise<void> {
  const origin = originOf(1 + account)
  do {
    const startedAt = performance.now()
    const status = await connection.post('/v1/batch', { origin, authorization: `Bearer ${nextToken(account)}` }, eventBody(eventsPerRequest).body)
    if (status >= 300) throw new Error(`answered ${status}`)
    answered++
    latenciesMs.push(performance.now() - startedAt)
  } while (performance.now() < endAt)
}

/** That of the account's next person. Each person is of one account's site, where the accounts' number divides theirs. */
function nextToken(account: number): string | undefined {
  const request = sent.get(account) ?? 0
  sent.set(account, request + 1)
  return tokens[(request * accounts + account) % tokens.length]
}

function measured(): LoadResult {
  const sorted = latenciesMs.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { requests: sorted.length, sentEver: answered, p50Ms: at(0.5), p99Ms: at(0.99) }
}
