import { setImmediate } from 'node:timers/promises'
import { startStack } from './start-stack.ts'

/**
 * A process of its own, run with `--allow-natives-syntax --expose-gc`: schedules ticks, collects while none is scheduled, schedules some more. Says
 * as what V8 then knows the places where `process.nextTick` builds its objects; with the argument `serving`, while the service runs.
 */
const stack = process.argv[2] === 'serving' ? await startStack() : undefined
await scheduleTicks()
// Several times: by chance a tick may be scheduled at one collection.
for (let collection = 0; collection < 5; collection++) {
  await setImmediate()
  globalThis.gc?.()
  await scheduleTicks()
}
const places = readFeedback(process.nextTick).filter(([kind]) => kind === 'DefineKeyedOwnPropertyInLiteral')
await stack?.close()
process.stdout.write(JSON.stringify(places.map(([, state]) => state)))

/** So many that V8 takes notes. */
async function scheduleTicks(): Promise<void> {
  for (let i = 0; i < 100; i++) await new Promise<void>((resolve) => process.nextTick(resolve))
}

/** V8's notes on a function, of each place where it remembers something. */
function readFeedback(of: object): [kind: string, state: string][] {
  // The list that V8 hands out is none that JavaScript can walk; its text is.
  return JSON.parse(JSON.stringify(new Function('of', 'return %GetFeedback(of)')(of))).filter(Boolean)
}
