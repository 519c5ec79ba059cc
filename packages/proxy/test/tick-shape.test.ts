import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SCRIPT = fileURLToPath(import.meta.resolve('./stage/tell-tick-feedback.ts'))

it('while the service runs, V8 does not forget the shape of ticks when it collects', async () => {
  const tell = async (...args: string[]): Promise<string[]> =>
    JSON.parse((await promisify(execFile)(process.execPath, ['--allow-natives-syntax', '--expose-gc', SCRIPT, ...args])).stdout)
  const known = await tell('serving')
  expect(known.length).toBeGreaterThan(0)
  expect(new Set(known)).toEqual(new Set(['MONOMORPHIC']))
  // Left to itself it does. Once a Node no longer does, `keepTickShape` can go.
  expect(await tell()).toContain('MEGAMORPHIC')
})
