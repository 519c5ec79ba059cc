import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { baseEnvironment } from './base-environment.ts'
import { waitUntil } from './wait-until.ts'

export interface StartedProcess {
  pid: number
  /** Everything it has written so far, to either stream. */
  output(): string
  /** What the pattern that said "ready" matched. */
  ready: RegExpExecArray
  /** Sends the signal and waits for the end: the exit code, or the signal that ended it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

export interface ProcessOptions {
  args: readonly string[]
  /** The whole environment, besides what `baseEnvironment` gives. */
  env: Record<string, string>
  /** Matches the output once the process is ready. */
  readyWhen: RegExp
  cwd?: string
}

const running = new Set<ChildProcess>()
// A test run that dies must leave nothing behind.
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')))

/** Starts a Node process and waits until it says that it is ready. */
export async function startProcess({ args, env, readyWhen, cwd }: ProcessOptions): Promise<StartedProcess> {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']
  const child = spawn(process.execPath, args, { env: { ...baseEnvironment(), ...env }, stdio, ...(cwd && { cwd }) })
  const { promise: ended, resolve } = Promise.withResolvers<number | NodeJS.Signals | null>()
  let output = ''
  running.add(child)
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.once('close', (code, signal) => {
    running.delete(child)
    resolve(code ?? signal)
  })
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const outputOr = (match: RegExpExecArray | null) => match ?? (hasEnded() && { failed: output })
  const ready = await waitUntil(`${args.join(' ')} is ready`, () => outputOr(readyWhen.exec(output)))
  if ('failed' in ready) throw new Error(`${args.join(' ')} ended before it was ready:\n${output}`)

  return {
    pid: child.pid ?? 0,
    output: () => output,
    ready,
    async end(signal) {
      child.kill(signal)
      return ended
    },
  }
}
