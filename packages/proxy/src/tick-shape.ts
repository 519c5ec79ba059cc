import { executionAsyncResource } from 'node:async_hooks'

/** Held for as long as the process lives. */
let tick: object | undefined

/**
 * Keeps one of the objects in which Node notes what `process.nextTick` is to call. V8 remembers their shape only while it has one: a collection
 * that finds none makes it forget, and from then on each of the several ticks of a request costs seven times as much. [docs/adr/0016]
 */
export function keepTickShape(): void {
  process.nextTick(() => {
    tick ??= executionAsyncResource()
  })
}
