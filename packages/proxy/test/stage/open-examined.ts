import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator } from '@trackline/emulator'
import { expect, onTestFinished } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import type { Report } from '../../src/cli/doctor/examine.ts'
import { loadConfig } from '../../src/cli/load-config.ts'
import { startServer } from '../../src/server.ts'
import { realWorld } from '../../src/world.ts'
import { projectConfig } from './project-config.ts'
import { freePort, makeProject, runCli } from './run-cli.ts'
import { visitAsBrowser } from './visit-as-browser.ts'

export const KEYS = `k1:${Buffer.alloc(32, 1).toString('base64')}`

interface Setting {
  /** Edits the configuration before anything reads it. */
  change?: (config: string) => string
  isConnected?: boolean
  isPushed?: boolean
}

/** A project beside an emulator of its own, with nothing wrong unless it is asked for. */
export async function openExamined({ change = (config) => config, isConnected = true, isPushed = true }: Setting = {}) {
  const emulator = await startEmulator({ autoConsent: true })
  onTestFinished(emulator.close)
  const port = await freePort()
  const project = makeProject(change(projectConfig({ emulatorUrl: emulator.url, port })))
  onTestFinished(project.remove)
  const file = join(project.path, 'trackline.config.ts')
  const run = (args: string[], keys = KEYS) => runCli(args, { cwd: project.path, env: { TRACKLINE_KEYS: keys } })
  // A service has run here: it has made the outbox.
  await withService(file, isConnected ? connect : async () => undefined)
  if (isPushed) await run(['events', 'push', '--yes'])
  async function doctor(keys?: string): Promise<Report & { code: number | null; text: string }> {
    const { code, stdout, stderr } = await run(['doctor', '--json'], keys)
    expect(stderr).toBe('')
    return { ...(JSON.parse(stdout) as Report), code, text: stdout } // The command's own report.
  }
  const edit = (from: string | RegExp, to: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
  return { ...{ emulator, port, path: project.path, file, run, doctor, edit }, url: `http://127.0.0.1:${port}` }
}

type Service = Awaited<ReturnType<typeof startServer>>

export async function withService<Answer>(file: string, use: (server: Service) => Promise<Answer>): Promise<Answer> {
  process.env.TRACKLINE_KEYS = KEYS
  const server = await startServer(await loadConfig(file), realWorld({ logLevel: 'silent' }))
  return use(server).finally(server.stop)
}

async function connect(server: Service): Promise<void> {
  expect((await visitAsBrowser(await installUrl(server.parts, 'main'))).status).toBe(200)
}

export async function trackLogin(run: (args: string[]) => Promise<{ stdout: string }>, url: string): Promise<void> {
  const { stdout } = await run(['token', 'mint', '--site', 'main', '--sub', 'ada', '--email', 'ada@example.com'])
  const headers = { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' }
  const answer = await fetch(`${url}/v1/track`, { method: 'POST', headers, body: JSON.stringify({ event: 'login', properties: { method: 'sso' } }) })
  expect(answer.status).toBe(202)
}

export async function fault(emulatorUrl: string, fault: object): Promise<void> {
  await fetch(`${emulatorUrl}/_emulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) })
}

/** Uninstalls the app, as an administrator of the account may at any time. */
export async function uninstall(emulatorUrl: string, portal: number): Promise<void> {
  const { access_token: token }: { access_token: string } = await (await fetch(`${emulatorUrl}/_emulator/token?portal=${portal}`)).json()
  const answer = await fetch(`${emulatorUrl}/appinstalls/2026-03/external-install`, { method: 'DELETE', headers: { authorization: `Bearer ${token}` } })
  expect(answer.status).toBe(204)
}
