import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** The apps' sources; what they are built with lies in its `node_modules`, apart from the repository's own. */
export const FRAMEWORKS = join(ROOT, 'e2e/frameworks')

/** Installs the frameworks, unless they are there, and this repository's packages as they are published. */
export async function installFrameworks(): Promise<void> {
  const modules = join(FRAMEWORKS, 'node_modules')
  if (!isNewer(join(modules, '.package-lock.json'), join(FRAMEWORKS, 'package-lock.json'))) {
    // No script of a thousand packages is needed, so none may run.
    await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: FRAMEWORKS })
  }
  await run('npm', ['run', '--silent', 'pack'], { cwd: ROOT })
  for (const name of ['shared', 'session', 'snippet']) {
    const folder = join(modules, '@trackline', name)
    mkdirSync(folder, { recursive: true })
    await run('tar', ['-xzf', join(ROOT, `dist/trackline-${name}-0.1.0.tgz`), '-C', folder, '--strip-components=1'])
  }
}

function isNewer(file: string, than: string): boolean {
  return existsSync(file) && statSync(file).mtimeMs >= statSync(than).mtimeMs
}
