// Makes a bare clone ready: installs the packages and builds the snippet; with --browser, finds a Chromium too,
// and what else its tests need of the distribution's packages.
// Runs on any Node ≥ 20, since the Node that everything else runs on is one of the packages.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)

installPackages()
buildSnippet()
if (process.argv.includes('--browser')) {
  await installBrowser()
  installForTests()
}

/** `npm ci` leaves a copy of the lock file behind: while that one is the newer, everything is installed. */
function installPackages() {
  const isInstalled = existsSync('node_modules/.bin/node') && isNewer('node_modules/.package-lock.json', ['package-lock.json'])
  if (isInstalled) return
  console.log('Installing packages…')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
}

function buildSnippet() {
  const sources = execFileSync('find', ['packages/snippet/src', 'packages/snippet/package.json', 'rollup.config.mjs', '-type', 'f'], { encoding: 'utf8' })
  if (isNewer('packages/snippet/dist/s.js', sources.trim().split('\n'))) return
  console.log('Building the snippet…')
  run('npm', ['run', '--silent', 'build', '--', '--silent'])
}

/** A Chromium of the system's, else Playwright's own, else the distribution's package. */
async function installBrowser() {
  const { findChromium } = await import('./find-chromium.mjs')
  if (await findChromium()) return
  console.log('Installing a browser…')
  const attempts = [
    ['npx', ['playwright', 'install', 'chromium']],
    ['sh', ['-c', 'apt-get update -qq && apt-get install -y -qq chromium']],
  ]
  for (const [command, args] of attempts) {
    const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 300_000 })
    if (status === 0 && (await findChromium())) return
  }
  console.error('No browser could be installed. Install Chromium, or name one: TRACKLINE_CHROMIUM=/path/to/chromium npm test')
  process.exit(1)
}

/** Two more browser engines, the screen that one of them needs, and PgBouncer. Where one is not there and not to be had, its tests are left out. */
function installForTests() {
  const packages = {
    pgbouncer: ['/usr/sbin/pgbouncer'],
    'firefox-esr': ['/usr/bin/firefox-esr', '/usr/bin/firefox'],
    'webkit2gtk-driver': ['/usr/bin/WebKitWebDriver'],
    xvfb: ['/usr/bin/Xvfb'],
  }
  const missing = Object.keys(packages).filter((name) => !packages[name].some((path) => existsSync(path)))
  if (missing.length === 0) return
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return console.log(`Tests that need them are left out, since these packages are not installed: ${missing.join(', ')}`)
  }
  console.log(`Installing for the tests: ${missing.join(', ')}…`)
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', timeout: 120_000 })
  // Each by itself: one that is not to be had does not keep the others away.
  for (const name of missing) spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { stdio: 'ignore', timeout: 300_000 })
}

function isNewer(path, thanPaths) {
  return existsSync(path) && thanPaths.every((each) => statSync(path).mtimeMs >= statSync(each).mtimeMs)
}

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) {
    console.error(`"${command} ${args.join(' ')}" failed; see above.`)
    process.exit(status ?? 1)
  }
}
