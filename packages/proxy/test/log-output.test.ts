import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'

function start(file: string, args: string[], stdout: number | 'pipe') {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: ['ignore', stdout, 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let errors = ''
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()))
  const ended = once(child, 'close').then(([code, signal]: unknown[]) => ({ code, signal, errors }))
  return { child, ended }
}

const CLEAN = { code: 0, signal: null, errors: '' }
const LOG_AND_END = 'stage/log-and-end.ts'

describe('the log', () => {
  it('has every line in its order, the last ones too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'trackline-log-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'log')
    expect(await start(LOG_AND_END, [], openSync(file, 'w')).ended).toEqual(CLEAN)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line))
    expect(lines.map(({ line }) => line)).toEqual([...Array(5_000).keys(), undefined])
  })

  it('on a full disk is lost, and the process goes on and ends', async () => {
    expect(await start(LOG_AND_END, [], openSync('/dev/full', 'w')).ended).toEqual(CLEAN)
  })

  it('whose reader is gone is lost, and the process goes on and ends', async () => {
    const { child, ended } = start(LOG_AND_END, [], 'pipe')
    child.stdout?.destroy()
    expect(await ended).toEqual(CLEAN)
  })

  it('whose reader stands still keeps the process neither from going on nor from ending', async () => {
    const { child, ended } = start(LOG_AND_END, [], 'pipe')
    child.stdout?.pause()
    const [code] = await once(child, 'exit')
    expect(code).toBe(0)
    child.stdout?.destroy()
    expect(await ended).toEqual(CLEAN)
  })
})

it('a command whose reader is gone does its work all the same', async () => {
  const { child, ended } = start('../src/cli.ts', ['--help'], 'pipe')
  child.stdout?.destroy()
  expect(await ended).toEqual(CLEAN)
})
