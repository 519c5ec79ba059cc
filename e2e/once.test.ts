import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

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

/** Runs npm as a newcomer's shell does: nothing of this repository on the PATH. */
function npm(args: string[], env: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
  const { PATH = '', HOME = '' } = process.env
  const path = PATH.split(':').filter((folder) => !folder.includes('node_modules')).join(':')
  return new Promise((resolve) => {
    const child = execFile('npm', args, { cwd: ROOT, env: { PATH: path, HOME, ...env } }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, output: stdout + stderr })
    })
  })
}
