import { setTimeout } from 'node:timers/promises'
import { ask, nextMessage, start, stop } from './child.ts'
import { startTrackline } from './start-trackline.ts'

const BATCH = 100
const PER_10_SECONDS = 110
const LOOK_EVERY_MS = 50

/** What the emulator counted. */
export interface Drain {
  events: number
  calls: number
  seconds: number
  /** Of the calls that the limit allows in that time. */
  shareOfAllowed: number
  eventsPerCall: number
  refusedForRate: number
}

interface RequestCount {
  path: string
  status: number
  count: number
}

/** Queued events of one account go to HubSpot's emulator, which has HubSpot's real limit of 110 calls in 10 seconds. */
export async function measureDrain(events: number): Promise<Drain> {
  const emulator = start('./emulator.ts')
  const { url, template } = await nextMessage<{ url: string; template: string }>(emulator)
  const server = startTrackline('drain-server', [url, template, events])
  await nextMessage(server)
  const startedAt = performance.now()
  await ask(server, 'go')
  const mostMs = (2 * 10_000 * events) / BATCH / PER_10_SECONDS + 30_000
  while ((await ask<number>(server, 'count')) < events) {
    if (performance.now() - startedAt > mostMs) throw new Error('the queue is not empty after twice the time that the limit asks for')
    await setTimeout(LOOK_EVERY_MS)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  const all = (await (await fetch(`${url}/_emulator/requests`)).json()) as RequestCount[] // As the emulator lists them.
  await Promise.all([server, emulator].map(stop))
  const count = (isCounted: (request: RequestCount) => boolean) => all.filter(isCounted).reduce((sum, request) => sum + request.count, 0)
  const calls = count(({ path, status }) => path.includes('/timeline/') && path.endsWith('/create') && status === 201)
  return { events, calls, seconds, shareOfAllowed: calls / ((PER_10_SECONDS * seconds) / 10), eventsPerCall: events / calls, refusedForRate: count(({ status }) => status === 429) }
}
