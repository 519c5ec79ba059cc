import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { makeTempFolder } from './temp-folder.ts'
import { until } from './until.ts'

const CLI = fileURLToPath(import.meta.resolve('../../src/cli.ts'))
const NODE_MODULES = fileURLToPath(import.meta.resolve('../../../../node_modules'))

/** Starting a command costs half as much when its sources need not be translated again. */
const COMPILE_CACHE = join(tmpdir(), 'trackline-compile-cache')

export interface Ran {
  code: number | null
  stdout: string
  stderr: string
}

function spawnCli(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...options.env }
  return spawn(process.execPath, [CLI, ...args], { ...options, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

/** Runs a command to its end, in a process of its own, with nobody at its terminal and `input` on its standard input. */
export async function runCli(args: string[], { input, ...options }: { cwd?: string; env?: Record<string, string>; input?: string } = {}): Promise<Ran> {
  const child = spawnCli(args, options)
  child.stdin.end(input ?? '')
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: child.exitCode, stdout, stderr }
}

/** Starts a command that goes on, and waits until it has said `says`. */
export async function startCli(args: string[], says: RegExp, options: { cwd?: string; env?: Record<string, string> } = {}) {
  const child = spawnCli(args, options)
  child.stdin.end()
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  const match = await until(`${args.join(' ')} says ${says}`, () => {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}: ${stderr}`)
    return says.exec(stdout) ?? undefined
  })
  return {
    match,
    pid: child.pid ?? 0,
    stdout: () => stdout,
    /** Sends a signal and waits for the end. */
    async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
      const exited = once(child, 'exit')
      child.kill(signal)
      await exited
      return child.exitCode
    },
  }
}

/** A folder as a user of the published package has it: a configuration file, and packages that it imports by name. */
export function makeProject(config: string, file = 'trackline.config.ts'): { path: string; remove: () => void } {
  const folder = makeTempFolder()
  symlinkSync(NODE_MODULES, join(folder.path, 'node_modules'))
  writeFileSync(join(folder.path, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder.path, file), config)
  return folder
}

/** A port that nobody uses at the moment of asking. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on a port, not on a path.
  server.close()
  return port
}
