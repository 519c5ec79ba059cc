#!/usr/bin/env node
import module from 'node:module'

const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node) < NODE_MAJOR) {
  process.stderr.write(`trackline needs Node ${NODE_MAJOR} or newer; this is ${process.version}\n`)
  process.exit(1)
}
if (process.argv[2] === 'serve') (await import('./cli/service-flags.ts')).takeServiceFlags()
// What Node compiles is kept for the next time: a command then starts in half the time. It has to be said before the rest is loaded.
module.enableCompileCache()
await import('./cli/run.ts')
