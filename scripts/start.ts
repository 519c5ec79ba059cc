import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startDemo } from '@trackline/example-plain-html'
import { startDev } from '@trackline/proxy/dev'

/**
 * `npm start`: the whole product on this machine: proxy, HubSpot emulator and demo site on three neighbouring ports.
 * `npm start -- --once`: one round without a browser, on ports of its own.
 */
const DEFAULT_PORT = 4400
const MAX_FIRST_PORT = 65_533
const CONFIG_FILE = fileURLToPath(import.meta.resolve('@trackline/example-plain-html/trackline.config.ts'))

await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
})

async function run(options: string[]): Promise<void> {
  const unknown = options.filter((option) => option !== '--once')
  if (unknown.length) throw new Error(`npm start knows one option, "npm start -- --once": got ${unknown.join(' ')}`)
  const isOnce = options.includes('--once')
  const port = isOnce && process.env.TRACKLINE_PORT === undefined ? await findFreePorts() : portOfEnvironment()
  const stack = await startStack(port, process.env.TRACKLINE_LOG_LEVEL ?? (isOnce ? 'warn' : 'debug'))
  if (isOnce) {
    const { runOnce } = await import('./run-once.ts')
    return runOnce(stack).finally(stack.stop)
  }
  process.stdout.write(`
  Trackline is running.

    Demo site         ${stack.demoUrl}     ← open this and sign in
    HubSpot emulator  ${stack.emulatorUrl}     the contacts' timelines
    Proxy             ${stack.proxyUrl}     what your pages would talk to

  Ctrl+C stops it. What happens is told below.

`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stack.stop().then(() => process.exit(0)))
}

/** The first of the three ports. */
function portOfEnvironment(): number {
  const text = process.env.TRACKLINE_PORT ?? String(DEFAULT_PORT)
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port >= 1 && port <= MAX_FIRST_PORT) return port
  throw new Error(`TRACKLINE_PORT must be a number from 1 to ${MAX_FIRST_PORT} (the two ports after it are taken as well): got '${text}'`)
}

async function startStack(port: number, logLevel: string) {
  for (const each of [port, port + 1, port + 2]) {
    if (!(await freePort(each))) throw new Error(`port ${each} of 127.0.0.1 is in use: name the first of three free ones, such as TRACKLINE_PORT=5000 npm start`)
  }
  const [proxyUrl, emulatorUrl, demoUrl] = [port, port + 1, port + 2].map((each) => `http://127.0.0.1:${each}`) as [string, string, string]
  writeDemoSecrets()
  process.env.TRACKLINE_DEMO_ORIGIN = demoUrl
  const dev = await startDev(CONFIG_FILE, { port, logLevel, tell: (line) => void process.stdout.write(`${line}\n`) })
  const demo = await startDemo({ port: port + 2, tracklineUrl: proxyUrl, hubspotUrl: emulatorUrl, sessionSecret: process.env.SESSION_SECRET ?? '' })
  const stop = async () => {
    await demo.close()
    await dev.stop()
  }
  return { proxyUrl, emulatorUrl, demoUrl, configFile: CONFIG_FILE, stop }
}

/** The demo's secrets, made once for this clone; the configuration reads them from there, for every command. */
function writeDemoSecrets(): void {
  const file = join(dirname(CONFIG_FILE), '.env')
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    const secret = () => randomBytes(32).toString('base64')
    writeFileSync(file, `SESSION_SECRET=${secret()}\nTRACKLINE_KEYS=demo:${secret()}\n`, { mode: 0o600 })
  }
  process.loadEnvFile(file)
}

/** The first of three neighbouring ports that nobody uses. */
async function findFreePorts(): Promise<number> {
  for (let attempt = 1; attempt <= 50; attempt++) {
    const first = await freePort(0)
    if (first !== undefined && (await freePort(first + 1)) && (await freePort(first + 2))) return first
  }
  throw new Error('no three neighbouring ports are free: name the first of three with TRACKLINE_PORT')
}

async function freePort(port: number): Promise<number | undefined> {
  const server = createServer()
  const listening = Promise.withResolvers<boolean>()
  server.once('error', () => listening.resolve(false))
  server.listen(port, '127.0.0.1', () => listening.resolve(true))
  if (!(await listening.promise)) return undefined
  const found = (server.address() as AddressInfo).port // A TCP server that listens has a port.
  await new Promise((closed) => server.close(closed))
  return found
}
