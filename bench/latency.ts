import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { ask, nextMessage, start, stop } from './child.ts'
import { eventBody } from './event-body.ts'
import { now } from './now.ts'
import { originOf } from './origin.ts'
import { median } from './report.ts'
import { signIn } from './session.ts'
import { startTrackline } from './start-trackline.ts'
import type { TracklineSettings } from './trackline-server.ts'

const ACCOUNTS = 1_000
const DEAD = 1
/** What the account that gets no answer has to send. */
const DEAD_EVENTS = 20
const IDLE_EVENTS = 50
const IDLE_MS = 100
/** Between the events of different accounts. */
const SPACING_MS = 5
const ROUNDS = 4
/** Every account's event has arrived by then, or the run ends. */
const SETTLED_WITHIN_MS = 30_000

/** Milliseconds from the 202 until HubSpot is called. Below zero: HubSpot was called first. */
export interface Latency {
  idleP50Ms: number
  /** Of the 999 other accounts, while all is well, and while one gets no answer from HubSpot. */
  healthy: Spread
  besideDead: Spread
}

interface Ready {
  url: string
  token: string
}

interface Spread {
  p50Ms: number
  p99Ms: number
}

/** What delivery adds to an event, with nothing else to do; and what one account that HubSpot does not answer costs the other 999. */
export async function measureLatency(): Promise<Latency> {
  const upstream = start('./upstream.ts')
  const folder = mkdtempSync(join(tmpdir(), 'trackline-bench-'))
  const { publicKey, tokens: [token = ''] } = await signIn(1)
  const settings: TracklineSettings = { folder, upstream: await nextMessage<string>(upstream), publicKey, accounts: ACCOUNTS, isConnected: true }
  const server = startTrackline('trackline-server', [JSON.stringify(settings)])
  const ready = { url: await nextMessage<string>(server), token }
  const idle: number[] = []
  for (let event = 0; event < IDLE_EVENTS; event++) {
    idle.push(...(await latenciesOf(upstream, ready, [DEAD + 1])))
    await setTimeout(IDLE_MS)
  }
  // The first event of each account costs what none after it does.
  await roundOf(upstream, ready, 'speaking')
  const rounds: Record<'healthy' | 'besideDead', number[]> = { healthy: [], besideDead: [] }
  for (let round = 0; round < ROUNDS; round++) {
    rounds.healthy.push(...(await roundOf(upstream, ready, 'speaking')))
    rounds.besideDead.push(...(await roundOf(upstream, ready, 'silent')))
  }
  await Promise.all([server, upstream].map(stop))
  rmSync(folder, { recursive: true, force: true })
  return { idleP50Ms: median(idle), healthy: spread(rounds.healthy), besideDead: spread(rounds.besideDead) }
}

async function roundOf(upstream: ChildProcess, ready: Ready, dead: 'speaking' | 'silent'): Promise<number[]> {
  await ask(upstream, dead)
  await Promise.all(Array.from({ length: DEAD_EVENTS }, () => post(ready, DEAD)))
  return latenciesOf(upstream, ready, Array.from({ length: ACCOUNTS - 1 }, (_, index) => DEAD + 1 + index))
}

/** One event for each of these accounts, one after the other. */
async function latenciesOf(upstream: ChildProcess, ready: Ready, accounts: number[]): Promise<number[]> {
  const startedAt = now()
  const answers: Promise<number>[] = []
  for (const account of accounts) {
    answers.push(post(ready, account))
    await setTimeout(SPACING_MS)
  }
  const answeredAt = await Promise.all(answers)
  for (;;) {
    const arrivals = await ask<Record<string, number>>(upstream, 'arrivals')
    const late = accounts.filter((account) => (arrivals[`token${account}`] ?? 0) < startedAt)
    if (late.length === 0) return accounts.map((account, index) => (arrivals[`token${account}`] ?? Number.NaN) - (answeredAt[index] ?? Number.NaN))
    if (now() - startedAt > SETTLED_WITHIN_MS) throw new Error(`${late.length} events have not reached HubSpot, such as that of account ${late[0]}`)
    await setTimeout(SPACING_MS)
  }
}

/** Gives back when it was answered. */
async function post({ url, token }: Ready, account: number): Promise<number> {
  const answer = await fetch(`${url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, origin: originOf(account) },
    body: eventBody(1).body,
  })
  const answeredAt = now()
  if (answer.status !== 202) throw new Error(`answered ${answer.status}: ${await answer.text()}`)
  await answer.arrayBuffer()
  return answeredAt
}

function spread(all: number[]): Spread {
  const sorted = all.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  return { p50Ms: at(0.5), p99Ms: at(0.99) }
}
