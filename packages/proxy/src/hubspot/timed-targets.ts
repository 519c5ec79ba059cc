import type { TargetName } from '../outbox/event.ts'
import type { Target } from './target.ts'

type Targets = Partial<Record<TargetName, Target>>

/** The same targets; each call is told of, with the milliseconds that it took. */
export function timedTargets(targets: Targets, now: () => Date, onCall: (target: string, durationMs: number) => void): Targets {
  const timed = Object.entries(targets).map(([name, target]): [string, Target] => [name, {
    ...target,
    async send(...args) {
      const startedAt = now().getTime()
      try {
        return await target.send(...args)
      } finally {
        onCall(name, Math.max(0, now().getTime() - startedAt))
      }
    },
  }])
  return Object.fromEntries(timed)
}
