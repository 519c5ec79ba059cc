import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { findFreePorts } from './stage/free-ports.ts'
import { waitUntil } from './stage/wait-until.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

it('npm start -- --once, with the machine\'s own Node alone, delivers a login, prints the entry and exits with 0', async () => {
  const { code, output } = await npm(['start', '--', '--once'])
  expect(output).toMatch(/^tracked {3}login for ada@example\.com: 202 queued$/m)
  expect(output).toMatch(/^delivered \d{4}-\d\d-\d\dT\S+Z {2}Logged in with password\n {10}Login number 1\.$/m)
  expect(code).toBe(0)
})

it.each([
  ['an option that it does not know', ['--onec'], {}, /^npm start knows one option.*got --onec$/m],
  ['a port that is none', [], { TRACKLINE_PORT: 'abc' }, /^TRACKLINE_PORT must be a number .* got 'abc'$/m],
])('npm start refuses %s in one line, and starts nothing', async (_, options, env, says) => {
  const { code, output } = await npm(['start', '--', ...options], env)
  expect(output).toMatch(says)
  expect(output).not.toContain('    at ')
  expect(code).toBe(1)
})

it('whoever ends npm ends the product', async () => {
  const port = await findFreePorts(3)
  const { child, output } = startNpm(['start'], { TRACKLINE_PORT: String(port) })
  await waitUntil('it runs', () => output().includes('Ctrl+C stops it'))
  child.kill('SIGTERM')
  await waitUntil('nobody answers', () => fetch(`http://127.0.0.1:${port}/healthz`).then(() => false, () => true))
})

/** Runs npm to its end. */
function npm(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const { child, output } = startNpm(args, env)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output: output() })))
}

/** Starts npm as a newcomer's shell does: nothing of this repository on the PATH. */
function startNpm(args: string[], env: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env
  const path = PATH.split(':').filter((folder) => !folder.includes('node_modules')).join(':')
  const child = spawn('npm', args, { cwd: ROOT, env: { PATH: path, HOME, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return { child, output: () => output }
}
