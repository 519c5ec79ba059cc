import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('./rivals/', import.meta.url))

/** Installs what Trackline is measured against, as its lock file says, when it is not there. */
export function installRivals(): void {
  if (existsSync(`${FOLDER}node_modules/.package-lock.json`)) return
  process.stdout.write('installing the rivals into bench/rivals\n')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm ci in ${FOLDER} ended with ${status}`)
}
