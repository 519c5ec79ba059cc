import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import type { Emulator, EmulatorOptions } from '@trackline/emulator'
import { connectAccount } from './connect-account.ts'
import { driveHubSpot } from './drive-hubspot.ts'
import type { HubSpot } from './drive-hubspot.ts'
import { findFreePorts } from './free-ports.ts'
import { mustRunTrackline, STAGE_CONFIG } from './run-trackline.ts'
import { serveProxy } from './serve-proxy.ts'
import type { StartedProcess } from './start-process.ts'

export interface Stage {
  proxyUrl: string
  /** What every `trackline` command of this stage runs with. */
  env: Record<string, string>
  hubspot: HubSpot
  /** The SQLite file; its journal lies beside it. */
  storeFile: string
  /** The process that runs `trackline serve`; a test that restarts it puts the new one here. */
  proxy: StartedProcess
  close(): Promise<void>
}

export interface StageOptions {
  /** HubSpot accounts, each with a site of its own: `main`, `site-2`, … Default 1. */
  accounts?: number
  /** False leaves them unconnected and HubSpot without event templates. Default true. */
  isConnected?: boolean
  emulator?: EmulatorOptions
  /** Takes the place of what the stage makes up. */
  env?: Record<string, string>
  /** What the proxy finds at HubSpot's address, given the emulator's. Default: the emulator itself. */
  hubspotAddress?: (emulatorUrl: string) => string | Promise<string>
  logLevel?: string
  /** What the proxy does. Default `all`. */
  role?: string
}

/** Runs a HubSpot emulator and, as a process of its own, the proxy: connected, all event types created. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const { accounts = 1, isConnected = true } = options
  const folder = mkdtempSync(join(tmpdir(), 'trackline-e2e-'))
  const emulator = await startEmulator({ autoConsent: true, ...options.emulator })
  const storeFile = join(folder, 'trackline.db')
  const proxyUrl = `http://127.0.0.1:${await findFreePorts()}`
  const env = {
    TRACKLINE_PUBLIC_URL: proxyUrl,
    TRACKLINE_STAGE_ACCOUNTS: String(accounts),
    DATABASE_URL: `sqlite:${storeFile}`,
    HUBSPOT_EMULATOR_URL: (await options.hubspotAddress?.(emulator.url)) ?? emulator.url,
    TRACKLINE_KEYS: `stage:${randomBytes(32).toString('base64')}`,
    SESSION_SECRET: randomBytes(32).toString('base64'),
    ...options.env,
  }
  const stage = { proxyUrl, env, storeFile, hubspot: driveHubSpot(emulator.url), proxy: await serveProxy(env, options.logLevel, options.role) }
  // The proxy's own limit is lifted too: what is tested here is not how slowly it can send.
  await stage.hubspot.limit({ per10s: null })
  if (isConnected) await connectAll(env, accounts)
  return Object.assign(stage, { close: () => closeStage(stage, emulator, folder) })
}

async function connectAll(env: Record<string, string>, accounts: number): Promise<void> {
  const sites = ['main', ...Array.from({ length: accounts - 1 }, (_, index) => `site-${index + 2}`)]
  for (const site of sites) await connectAccount(env, site)
  await mustRunTrackline(['events', 'push', '--config', STAGE_CONFIG, '--yes'], env)
}

async function closeStage({ proxy }: { proxy: StartedProcess }, emulator: Emulator, folder: string): Promise<void> {
  await proxy.end('SIGKILL')
  await emulator.close()
  rmSync(folder, { recursive: true })
}
