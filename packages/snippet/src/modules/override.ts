import type { AnyTracker } from '../any-tracker.ts'
import type { Outcome } from '../tracker.ts'

type Call = (...call: never[]) => unknown

/**
 * The same tracker, with some methods in place of its own. Whatever else is asked of it or set on it, such as `onError`, is the
 * tracker's; and where that can be called as `track()`, this can too.
 */
export function override<Given extends AnyTracker>(tracker: Given, methods: { track?: (...call: never[]) => Promise<Outcome>; reset?: () => void }): Given {
  return new Proxy(tracker, {
    // A proxy of something that cannot be called never comes here.
    apply: (target, _, call) => (methods.track ?? (target as unknown as Call))(...(call as never[])),
    get: (target, name) => methods[name as keyof typeof methods] ?? target[name as keyof Given],
  })
}
