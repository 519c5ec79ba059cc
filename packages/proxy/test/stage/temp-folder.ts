import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of the test's own; `remove` takes it away with all that is in it. */
export function makeTempFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'trackline-proxy-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
