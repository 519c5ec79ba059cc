import { setTimeout } from 'node:timers/promises'

const LOOK_EVERY_MS = 10
const GIVE_UP_AFTER_MS = 15_000

/** Asks until the answer is there, and gives it back; fails with `what` when it does not come. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined | false> | Answer | undefined | false,
  giveUpAfterMs = GIVE_UP_AFTER_MS,
): Promise<Answer> {
  const giveUpAt = performance.now() + giveUpAfterMs
  for (;;) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    if (performance.now() > giveUpAt) throw new Error(`it did not come about: ${what}`)
    await setTimeout(LOOK_EVERY_MS)
  }
}
