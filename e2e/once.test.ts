import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

it('npm start -- --once, with the machine\'s own Node alone, delivers a login, prints the entry and exits with 0', async () => {
  const { code, output } = await npm('start', '--', '--once')
  expect(output).toMatch(/^tracked {3}login for ada@example\.com: 202 queued$/m)
  expect(output).toMatch(/^delivered \d{4}-\d\d-\d\dT\S+Z {2}Logged in with password\n {10}Login number 1\.$/m)
  expect(code).toBe(0)
})

/** Runs npm as a newcomer's shell does: nothing of this repository on the PATH. */
function npm(...args: string[]): Promise<{ code: number | null; output: string }> {
  const { PATH = '', HOME = '' } = process.env
  const path = PATH.split(':').filter((folder) => !folder.includes('node_modules')).join(':')
  return new Promise((resolve) => {
    const child = execFile('npm', args, { cwd: ROOT, env: { PATH: path, HOME } }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, output: stdout + stderr })
    })
  })
}
