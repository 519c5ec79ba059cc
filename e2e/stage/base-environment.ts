import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Node keeps what it has compiled: tests start the same commands a hundred times. */
const COMPILE_CACHE = join(tmpdir(), 'trackline-compile-cache')

/** What every process of a test gets of this one's environment, and nothing else of it. */
export function baseEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env
  return { PATH, HOME, NODE_COMPILE_CACHE: COMPILE_CACHE }
}
