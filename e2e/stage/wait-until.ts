import { setTimeout as pause } from 'node:timers/promises'

const LOOK_EVERY_MS = 25
/** Generous: a loaded machine is no failure of the product. */
const GIVE_UP_AFTER_MS = 30_000

/**
 * Looks again and again until there is something to see, and gives it back: anything but undefined and false.
 *
 * @param what  what is waited for, in words, for the error
 * @throws Error naming it, with what went wrong at the last look, if anything did
 */
export async function waitUntil<Seen>(
  what: string,
  look: () => Promise<Seen | undefined | false> | Seen | undefined | false,
  giveUpAfterMs = GIVE_UP_AFTER_MS,
): Promise<Seen> {
  const giveUpAt = Date.now() + giveUpAfterMs
  let problem: unknown
  while (Date.now() < giveUpAt) {
    try {
      const seen = await look()
      if (seen !== undefined && seen !== false) return seen
      problem = undefined
    } catch (error) {
      problem = error
    }
    await pause(LOOK_EVERY_MS)
  }
  throw new Error(`waited ${giveUpAfterMs / 1000} s in vain: ${what}`, { cause: problem })
}
