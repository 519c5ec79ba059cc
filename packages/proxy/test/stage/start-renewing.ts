import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { AccessToken } from '../../src/vault/vault.ts'

const PROGRAM = fileURLToPath(import.meta.resolve('./renewing-process.ts'))
const COMPILE_CACHE = join(tmpdir(), 'trackline-compile-cache')

export type Said = { kind: 'ready' | 'answered' } | { kind: 'token'; token: AccessToken } | { kind: 'failed'; error: string }

export type RenewingProcess = Awaited<ReturnType<typeof startRenewing>>

/** Starts a process that asks the vault for a token when told to; resolves when it is ready. */
export async function startRenewing(emulatorUrl: string, store: string) {
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE }
  const child = spawn(process.execPath, [PROGRAM, emulatorUrl, store], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  async function hear(): Promise<Said> {
    const { value, done } = await lines.next()
    if (done) throw new Error(`the process ended with ${child.exitCode ?? child.signalCode}`)
    return JSON.parse(value)
  }

  const process_ = {
    /** Tells it what its clock shows and to ask for a token; `hear` gives what comes of it. */
    ask: (told: { clockMs: number; account: number; isToStandStill?: boolean }) => void child.stdin.write(`${JSON.stringify(told)}\n`),
    hear,
    /** `kill -9`; or, without it, the end of its input, which lets it close its store. */
    async end(signal?: 'SIGKILL'): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return
      const exited = once(child, 'exit')
      signal ? child.kill(signal) : child.stdin.end()
      await exited
    },
  }
  await hear()
  return process_
}
