import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'

const SERVER = fileURLToPath(new URL('../server.ts', import.meta.url))

let command: ChildProcess

afterEach(() => {
  command.kill('SIGKILL')
})

describe('node server.ts', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('prints one line, its address, and ends well on %s while in use', async (signal) => {
    const { lines, url, exit } = await run({ SESSION_SECRET: 's'.repeat(32) })
    expect((await fetch(url)).status).toBe(200)
    const browser = connect(Number(new URL(url).port), '127.0.0.1')
    await once(browser, 'connect')

    command.kill(signal)
    expect(await exit).toEqual([0, null])
    expect(lines).toEqual([`demo site listening on ${url}`])
  })

  it('without a session secret does not start, and says how to make one', async () => {
    command = spawn(process.execPath, [SERVER], { env: { PORT: '0' }, stdio: ['ignore', 'ignore', 'pipe'] })
    let complaint = ''
    command.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint += text))
    expect(await once(command, 'close')).toEqual([1, null])
    expect(complaint).toMatch(/SESSION_SECRET must have 32 characters.*openssl rand/)
  })
})

/** Starts the command on a free port, and waits for the line with its address. */
async function run(env: Record<string, string>) {
  command = spawn(process.execPath, [SERVER], {
    env: { PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (!command.stdout) throw new Error('spawned without a pipe')
  const exit = once(command, 'close')
  const lines: string[] = []
  const reader = createInterface(command.stdout).on('line', (line) => lines.push(line))
  await once(reader, 'line')
  const url = /http:\S+/.exec(lines[0] ?? '')?.[0]
  if (!url) throw new Error(`no address in: ${lines.join()}`)
  return { lines, url, exit }
}
