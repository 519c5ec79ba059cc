import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { SERVICE_FLAGS } from '../../src/cli/service-flags.ts'
import { projectConfig } from '../stage/project-config.ts'
import { freePort, makeProject, startCli } from '../stage/run-cli.ts'

const LISTENS = /^trackline listens on (\S+)$/m
const CLI = fileURLToPath(import.meta.resolve('../../src/cli.ts'))
const TRACKLINE_KEYS = `k1:${Buffer.alloc(32, 7).toString('base64')}`

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function project(): Promise<string> {
  const { path, remove } = makeProject(projectConfig({ port: await freePort() }))
  closing.push(remove)
  return path
}

/** How a process was started, as the system knows it. */
function commandLine(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
}

describe.skipIf(process.platform !== 'linux')('the service', () => {
  it('runs with its flags, as the process that was started, with the arguments that it was given', async () => {
    const service = await startCli(['serve', '--log-level', 'silent'], LISTENS, { cwd: await project(), env: { TRACKLINE_KEYS } })
    closing.push(() => service.stop('SIGKILL'))
    expect(commandLine(service.pid).slice(1, -1)).toEqual([...SERVICE_FLAGS, expect.stringMatching(/cli\.ts$/), 'serve', '--log-level', 'silent'])
    expect((await fetch(`${service.match[1]}/healthz`)).status).toBe(200)
    expect(await service.stop('SIGTERM')).toBe(0)
  })

  it.each(['--max-semi-space-size=8', '--max_semi_space_size=8'])('leaves a flag as it was given: %s', async (flag) => {
    const env = { TRACKLINE_KEYS, NODE_OPTIONS: flag }
    const service = await startCli(['serve'], LISTENS, { cwd: await project(), env })
    closing.push(() => service.stop('SIGKILL'))
    expect(commandLine(service.pid).join(' ')).not.toContain('--max-semi-space-size')
  })

  it('runs without them where it may not start over', async () => {
    const env = { TRACKLINE_KEYS, NODE_OPTIONS: '--permission --allow-fs-read=* --allow-fs-write=* --allow-worker' }
    const service = await startCli(['serve', '--log-level', 'silent'], LISTENS, { cwd: await project(), env })
    closing.push(() => service.stop('SIGKILL'))
    expect(commandLine(service.pid).join(' ')).not.toContain('--max-semi-space-size')
  })

  it('stays with a debugger', async () => {
    const service = await startCli(['serve', '--log-level', 'silent'], LISTENS, { cwd: await project(), env: { TRACKLINE_KEYS, NODE_OPTIONS: '--inspect=127.0.0.1:0' } })
    closing.push(() => service.stop('SIGKILL'))
    expect(commandLine(service.pid).join(' ')).not.toContain('--max-semi-space-size')
  })

  it("keeps the channel to a parent of Node's, without them", async () => {
    const service = fork(CLI, ['serve', '--log-level', 'silent'], { cwd: await project(), env: { TRACKLINE_KEYS }, execArgv: [], stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
    closing.push(() => service.kill('SIGKILL'))
    const [said] = await once(service.stdout as Readable, 'data') // It is piped.
    expect(String(said)).toMatch(LISTENS)
    expect(service.connected).toBe(true)
    expect(commandLine(service.pid ?? 0).join(' ')).not.toContain('--max-semi-space-size')
  })
})
