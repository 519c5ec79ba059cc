import { randomBytes, randomUUID } from 'node:crypto'
import { buildApp } from './app.ts'
import { createWorld } from './world.ts'

export type EmulatorOptions = {
  /** 0 to 65535; default 0, any free port. */
  port?: number
  /** Address to listen on; default 127.0.0.1. */
  host?: string
  /** The OAuth page approves at once instead of asking; default false. */
  autoConsent?: boolean
  /** Lifetime of an access token in seconds, whole, 1 to 86 400; default 1800. */
  accessTokenSeconds?: number
  /** Calls an app may make to one account in any 10 seconds, 1 to 1 000 000; null lifts the limit; default 110, as HubSpot grants an OAuth app. */
  per10s?: number | null
  /** Clock for token expiry, rate limits and timestamps; default the system's. */
  now?: () => Date
}

export type Emulator = {
  /** Origin to use as the API's and the consent page's address, without a trailing slash. */
  url: string
  port: number
  /** Ends open pages and streams, then stops listening. Everything stored is gone. */
  close(): Promise<void>
}

const DEFAULT_ACCESS_TOKEN_SECONDS = 1800
const MAX_ACCESS_TOKEN_SECONDS = 86_400
const DEFAULT_PER_10_SECONDS = 110
const MAX_PER_10_SECONDS = 1_000_000

/**
 * Starts a HubSpot of its own, kept in memory: API, OAuth pages, contact timeline pages and fault controls.
 *
 * @throws TypeError  for a port, lifetime or limit out of bounds.
 * @throws Error  when the port is taken; the message says which.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port, host, accessTokenSeconds, per10s } = readOptions(options)
  const world = createWorld({
    accessTokenSeconds,
    per10s,
    isAutoConsent: options.autoConsent ?? false,
    now: options.now ?? (() => new Date()),
    newId: () => randomUUID(),
    newSecret: (bytes) => randomBytes(bytes).toString('base64url'),
  })
  const app = await buildApp(world)
  await app.listen({ port, host }).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EADDRINUSE') throw cause
    throw new Error(`port ${port} is already in use on ${host}: stop what listens there or choose another port`, { cause })
  })
  const address = app.server.address()
  const boundPort = typeof address === 'object' && address !== null ? address.port : port
  return { url: `http://${host}:${boundPort}`, port: boundPort, close: () => app.close() }
}

function readOptions(options: EmulatorOptions) {
  const { port = 0, host = '127.0.0.1', accessTokenSeconds = DEFAULT_ACCESS_TOKEN_SECONDS, per10s = DEFAULT_PER_10_SECONDS } = options
  requireWhole('port', port, { min: 0, max: 65_535 })
  requireWhole('accessTokenSeconds', accessTokenSeconds, { min: 1, max: MAX_ACCESS_TOKEN_SECONDS })
  if (per10s !== null) requireWhole('per10s', per10s, { min: 1, max: MAX_PER_10_SECONDS })
  return { port, host, accessTokenSeconds, per10s }
}

function requireWhole(name: string, value: number, { min, max }: { min: number; max: number }) {
  if (Number.isInteger(value) && value >= min && value <= max) return
  throw new TypeError(`${name} must be a whole number from ${min} to ${max}, not ${String(value)}`)
}
