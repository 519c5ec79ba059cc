import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import type { Command } from 'commander'
import { resolveConfig } from '../config.ts'
import type { ConfigOptions } from '../config.ts'
import { writeAppEventFile } from '../hubspot/definitions/app-event-file.ts'
import { startServer } from '../server.ts'
import type { RunningServer } from '../server.ts'
import { generateKey } from '../vault/seal.ts'
import { realWorld } from '../world.ts'
import { installUrl } from './connect.ts'
import { DEFAULT_CONFIG_FILE, loadConfigOptions } from './load-config.ts'
import { print, readPort } from './output.ts'
import { preparingFoundSites } from './found-in-dev.ts'
import { planDefinitions } from './plan-definitions.ts'
import { untilStopped } from './until-stopped.ts'

const DEFAULT_PORT = 4400

/** The emulator's one HubSpot app. */
const EMULATED_APP = { clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key', appId: 1 }

export interface Dev {
  server: RunningServer
  emulatorUrl: string
  stop(): Promise<void>
}

export function addDev(program: Command): void {
  program
    .command('dev')
    .description('run the proxy against a HubSpot emulator, connected and with all event types created')
    .option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE)
    .option('--port <number>', 'port of the proxy; the emulator takes the next one', readPort, DEFAULT_PORT)
    .option('--json', 'print { "url": …, "emulatorUrl": … } once both listen')
    .addHelpText('after', '\nExample:\n  trackline dev --config trackline.config.ts')
    .action(async ({ config: file, port, json }: { config: string; port: number; json?: boolean }) => {
      const dev = await startDev(file, port)
      print({ url: dev.server.url, emulatorUrl: dev.emulatorUrl }, { json }, `trackline listens on ${dev.server.url}\nHubSpot emulator listens on ${dev.emulatorUrl}`)
      await untilStopped(dev.stop)
    })
}

/**
 * Runs a configuration on this machine with nothing outside it: HubSpot is the emulator, which forgets everything when it stops; the
 * outbox is a new file each time, for the same reason.
 */
export async function startDev(file: string, port: number): Promise<Dev> {
  const options = await loadConfigOptions(file)
  const emulator = await startEmulator({ port: port + 1, autoConsent: true })
  let server: RunningServer | undefined
  const stop = async () => {
    await server?.stop()
    await emulator.close()
  }
  try {
    const config = resolveConfig(await onThisMachine(options, { file, port, emulatorUrl: emulator.url }), resolve(file))
    // Nobody finds a site before the server listens.
    const prepare = async (site: string) => server && prepareFound(server, site)
    const tell = (problem: string) => void process.stderr.write(`${problem}\n`)
    server = await startServer(preparingFoundSites(config, prepare, tell), realWorld({ logLevel: process.env.TRACKLINE_LOG_LEVEL ?? 'warn' }))
    for (const site of Object.keys(config.sites)) await connect(server, site)
    await defineEverything(server, emulator.url)
    return { server, emulatorUrl: emulator.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function onThisMachine(
  options: ConfigOptions,
  { file, port, emulatorUrl }: { file: string; port: number; emulatorUrl: string },
): Promise<ConfigOptions> {
  const path = join(dirname(resolve(file)), 'data', `dev-${port}.db`)
  await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(path + suffix, { force: true })))
  return {
    ...options,
    publicUrl: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    store: `sqlite:${path}`,
    // A variable that is written down and left empty is as good as none.
    keys: options.keys || generateKey('dev'),
    hubspot: { ...options.hubspot, ...EMULATED_APP, baseUrl: emulatorUrl, appUrl: emulatorUrl, ids: {} },
  }
}

async function prepareFound(server: RunningServer, site: string): Promise<void> {
  await connect(server, site)
  await runPlan(server, site)
}

/** What "events push" does, and what HubSpot's command line does with the files of app events. */
async function defineEverything({ parts }: RunningServer, emulatorUrl: string): Promise<void> {
  await runPlan({ parts })
  const { events, sites } = parts.config
  if (!Object.values(sites).some(({ targets }) => targets.includes('app-events'))) return
  for (const [name, definition] of Object.entries(events)) await uploadAppEvent(emulatorUrl, writeAppEventFile(name, definition, undefined))
}

/** @param site  default: all that the configuration lists */
async function runPlan({ parts }: Pick<RunningServer, 'parts'>, site?: string): Promise<void> {
  const { steps, problems } = await planDefinitions(parts, { site })
  if (problems.length) throw new Error(`the events cannot be defined:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  for (const step of steps) await step.run()
}

async function uploadAppEvent(emulatorUrl: string, body: string): Promise<void> {
  const answer = await fetch(`${emulatorUrl}/_emulator/app-event-types`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  if (!answer.ok) throw new Error(`the emulator did not take the app event: ${await answer.text()}`)
}

/** Goes the way an administrator's browser goes, cookie and all; the emulator consents by itself. */
async function connect(server: RunningServer, site: string): Promise<void> {
  const begun = await fetch(await installUrl(server.parts, site), { redirect: 'manual' })
  const consented = await fetch(begun.headers.get('location') ?? '', { redirect: 'manual' })
  const cookie = begun.headers.get('set-cookie')?.split(';')[0] ?? ''
  const answer = await fetch(consented.headers.get('location') ?? '', { headers: { cookie } })
  if (!answer.ok) throw new Error(`the emulator did not connect '${site}': ${await answer.text()}`)
}
