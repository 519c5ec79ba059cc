import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SCRIPT = fileURLToPath(import.meta.resolve('./stage/count-pretenured.ts'))

it('while the service runs, V8 takes no object for long-lived because of those before it', async () => {
  const count = async (...args: string[]) => Number((await promisify(execFile)(process.execPath, ['--allow-natives-syntax', SCRIPT, ...args])).stdout)
  expect(await count('serving')).toBe(0)
  // Left to itself it does.
  expect(await count()).toBeGreaterThan(0)
})
