import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import { lightFetch } from './light-fetch.ts'
import { logOutput } from './log-output.ts'
import type { World } from './parts.ts'

let standardOutput: ReturnType<typeof logOutput> | undefined

/**
 * The real world: this machine's clock, chance and network; one JSON line a story on standard output.
 *
 * Nothing is redacted, because nothing secret is ever handed to the log: each story names the members it writes.
 */
export function realWorld(options: { logLevel?: string; logTo?: NodeJS.WritableStream } = {}): World {
  const settings = { level: options.logLevel ?? 'info', base: null }
  return {
    now: () => new Date(),
    monotonicMs: () => performance.now(),
    random: Math.random,
    newId: randomUUID,
    newSecret: () => randomBytes(32).toString('base64url'),
    fetch,
    fetchHubSpot: lightFetch,
    sleep: (ms) => setTimeout(ms),
    logger: pino(settings, options.logTo ?? (standardOutput ??= logOutput(process.stdout.fd))),
  }
}
