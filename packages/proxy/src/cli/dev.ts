import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import type { Command } from 'commander'
import { resolveConfig } from '../config.ts'
import { writeAppEventFile } from '../hubspot/definitions/app-event-file.ts'
import { startServer } from '../server.ts'
import type { RunningServer } from '../server.ts'
import { realWorld } from '../world.ts'
import { installUrl } from './connect.ts'
import { DEFAULT_DEV_PORT, devOutbox, onThisMachine } from './dev-setup.ts'
import { DEFAULT_CONFIG_FILE, loadConfigOptions } from './load-config.ts'
import { logLevelOption } from './log-level-option.ts'
import { print, readPort } from './output.ts'
import { preparingFoundSites } from './found-in-dev.ts'
import { planDefinitions } from './plan-definitions.ts'
import { tellStories } from './tell-stories.ts'
import { untilStopped } from './until-stopped.ts'

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
    .option('--port <number>', 'port of the proxy; the emulator takes the next one', readPort('--port'), DEFAULT_DEV_PORT)
    .addOption(logLevelOption('what to tell: debug each event, info refused sessions and origins, warn trouble only', 'debug'))
    .option('--json', 'print { "url": …, "emulatorUrl": … } once both listen; what happens is told on standard error')
    .addHelpText('after', `
A change of the configuration or of the events is seen after a restart.

Example:
  trackline dev --config trackline.config.ts`)
    .action(async ({ config: file, port, logLevel, json }: { config: string; port: number; logLevel: string; json?: boolean }) => {
      const output = json ? process.stderr : process.stdout
      const dev = await startDev(file, { port, logLevel, tell: (line) => void output.write(`${line}\n`) })
      print({ url: dev.server.url, emulatorUrl: dev.emulatorUrl }, { json }, whatRuns(dev, port))
      await untilStopped(dev.stop)
    })
}

function whatRuns({ server, emulatorUrl }: Dev, port: number): string {
  const which = port === DEFAULT_DEV_PORT ? '--dev' : `--dev ${port}`
  return [
    `trackline listens on ${server.url}`,
    `HubSpot emulator listens on ${emulatorUrl}`,
    `The contacts' timelines are there. In another terminal: "trackline explain ID ${which}", "trackline outbox list ${which}".`,
    'A change of the configuration or of the events is seen after a restart. Ctrl+C stops it.',
    '',
  ].join('\n')
}

export interface DevOptions {
  /** Of the proxy; the emulator takes the next one. */
  port: number
  /** `debug`: each event is told. */
  logLevel: string
  /** Told what happens, a line at a time. */
  tell: (line: string) => void
}

/**
 * Runs a configuration on this machine with nothing outside it: HubSpot is the emulator, which forgets everything when it stops; the
 * outbox is a new file each time, for the same reason, and goes with it.
 */
export async function startDev(file: string, { port, logLevel, tell }: DevOptions): Promise<Dev> {
  const options = await loadConfigOptions(file)
  const outbox = devOutbox(file, port)
  const emulator = await startEmulator({ port: port + 1, autoConsent: true })
  let server: RunningServer | undefined
  const stop = async () => {
    await server?.stop()
    await emulator.close()
    await removeOutbox(outbox)
  }
  try {
    await removeOutbox(outbox)
    const config = resolveConfig(onThisMachine(options, { file, port, emulatorUrl: emulator.url }), resolve(file))
    // Nobody finds a site before the server listens.
    const prepare = async (site: string) => server && prepareFound(server, site)
    server = await startServer(preparingFoundSites(config, prepare, tell), realWorld({ logLevel, logTo: tellStories(tell) }))
    for (const site of Object.keys(config.sites)) await connect(server, site)
    await defineEverything(server, emulator.url)
    return { server, emulatorUrl: emulator.url, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function removeOutbox(path: string): Promise<void> {
  await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(path + suffix, { force: true })))
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
