import { startStack } from './start-stack.ts'

const SITES = 10
const KEPT = 200_000

/**
 * A process of its own, run with `--allow-natives-syntax`: makes objects at ten places of the code and keeps them, as requests that wait
 * are kept. Says at how many of these places V8 makes new objects among the old from then on; with the argument `serving`, while the service runs.
 */
const stack = process.argv[2] === 'serving' ? await startStack() : undefined
const isYoung = new Function('object', 'return %InYoungGeneration(object)')
let kept: unknown[] = []
let pretenured = 0
for (let site = 0; site < SITES; site++) {
  const make = new Function('n', `return { n, site: ${site}, list: [n] }`)
  kept = Array.from({ length: KEPT }, (_, n) => make(n))
  if (!isYoung(make(kept.length))) pretenured++
}
await stack?.close()
process.stdout.write(String(pretenured))
