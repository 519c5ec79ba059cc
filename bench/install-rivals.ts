import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Installs what Trackline is measured against, as the lock file in that folder of `bench` says, when that has not been done. */
export function installRivals(folder: 'rivals' | 'snippet'): void {
  const path = fileURLToPath(new URL(`./${folder}/`, import.meta.url))
  if (isNewer(`${path}node_modules/.package-lock.json`, `${path}package-lock.json`)) return
  process.stdout.write(`installing the rivals into bench/${folder}\n`)
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: path, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`npm ci in ${path} ended with ${status}`)
}

function isNewer(path: string, than: string): boolean {
  return existsSync(path) && statSync(path).mtimeMs >= statSync(than).mtimeMs
}
