import type { ChildProcess } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { ask } from './child.ts'

const GIVE_UP_AFTER_MS = 60_000
const LOOK_EVERY_MS = 20

/** How many events the upstream has got. */
export function countOf(upstream: ChildProcess): Promise<number> {
  return ask(upstream, 'count')
}

/** Waits until the rest is delivered; what was accepted and never comes ends the run. Gives back how many milliseconds that took. */
export async function untilCounted(upstream: ChildProcess, all: number): Promise<number> {
  const startedAt = performance.now()
  while ((await countOf(upstream)) < all) {
    if (performance.now() - startedAt > GIVE_UP_AFTER_MS) throw new Error('what was accepted is not delivered a minute later')
    await setTimeout(LOOK_EVERY_MS)
  }
  return performance.now() - startedAt
}
