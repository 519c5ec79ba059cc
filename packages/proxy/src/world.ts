import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { pino } from 'pino'
import type { World } from './parts.ts'

/** Headers and members that must never reach a log, whoever logs them. */
const REDACTED = ['authorization', 'cookie', 'email', 'token', 'accessToken', 'refreshToken', 'clientSecret'].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** The real world: this machine's clock, chance and network; one JSON line a story on standard output. */
export function realWorld(options: { logLevel?: string; logTo?: NodeJS.WritableStream } = {}): World {
  const settings = { level: options.logLevel ?? 'info', base: null, redact: { paths: REDACTED, censor: '[redacted]' } }
  return {
    now: () => new Date(),
    random: Math.random,
    newId: randomUUID,
    newSecret: () => randomBytes(32).toString('base64url'),
    fetch,
    sleep: (ms) => setTimeout(ms),
    logger: options.logTo ? pino(settings, options.logTo) : pino(settings),
  }
}
