import { readdirSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright'
import type { Browser } from 'playwright'
import { findChromium } from '../scripts/find-chromium.mjs'
import { median, report } from './report.ts'
import { bundle, installRivals } from './snippet/bundle.ts'
import type { Bundled } from './snippet/bundle.ts'
import { openCollector } from './snippet/collector.ts'
import { drawComparison, wordsOf } from './snippet/draw.ts'
import type { Row } from './snippet/draw.ts'
import { FAULTS } from './snippet/faults.ts'
import type { Delivered } from './snippet/faults.ts'
import { timeTrack } from './snippet/speed.ts'

/**
 * `npm run bench:snippet`: the bytes of Trackline's snippet and of the field's trackers, how long `track()` takes, and how many events
 * each delivers through a failing server, a lost network and a page that is left. All in one run, in one Chromium, against one
 * server on loopback. `ONLY=trackline,segment` measures these alone.
 *
 * Umami is not among them: its tracker is published in no package of its own.
 */
const PACKAGES: Record<string, string> = {
  trackline: '@trackline/snippet',
  openpanel: '@openpanel/web',
  plausible: '@plausible-analytics/tracker',
  ahoy: 'ahoy.js',
  snowplow: '@snowplow/browser-tracker',
  rudderstack: '@rudderstack/analytics-js',
  mixpanel: 'mixpanel-browser',
  segment: '@segment/analytics-next',
  amplitude: '@amplitude/analytics-browser',
  posthog: 'posthog-js',
}
const PICTURE = new URL('../docs/pictures/snippet.svg', import.meta.url)
const claims = Buffer.from('{"iss":"https://id.example.com","sub":"ada"}').toString('base64url')
const TOKEN = `eyJhbGciOiJFUzI1NiJ9.${claims}.c2ln`
const HTML = `<!doctype html><title>bench</title><script>window.fetchToken = () => '${TOKEN}'</script><script type="module" src="/tracker.js"></script>`

const trackers = readdirSync(new URL('./snippet/trackers/', import.meta.url)).map((file) => file.replace('.js', ''))
const chosen = process.env.ONLY?.split(',') ?? Object.keys(PACKAGES).filter((name) => trackers.includes(name))
installRivals()
const executablePath = await findChromium()
if (!executablePath) throw new Error('no Chromium is found: install one, or name it in TRACKLINE_CHROMIUM')
const rows: Row[] = []
for (const name of chosen) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const row = await measure(browser, name, bundle(name, PACKAGES[name] ?? name))
    process.stdout.write(`${lineOf(row)}\n`)
    rows.push(row)
  } catch (error) {
    // One that ends its browser takes nothing of the others along.
    process.stdout.write(`${name} is left out: ${String(error)}\n`)
  }
  await browser.close()
}
rows.sort((a, b) => a.brotliBytes - b.brotliBytes)
process.stdout.write(`\n${tableOf(rows)}\n`)
report('snippet', rows, {
  title: 'Bytes of one tracker, set up and called once (brotli 11)',
  bars: rows.map(({ name, brotliBytes }) => ({ label: name, value: brotliBytes })),
})
if (!process.env.ONLY) writeFileSync(PICTURE, drawComparison(rows, Object.keys(FAULTS)))

async function measure(browser: Browser, tracker: string, { files, version, brotliBytes, minifiedBytes }: Bundled): Promise<Row> {
  const pages = { '/page': HTML, ...files, '/next': '<!doctype html><title>next</title>', '/favicon.ico': '<' }
  const faults: Record<string, Delivered> = {}
  for (const [fault, play] of Object.entries(FAULTS)) {
    faults[fault] = await inPage(browser, pages, (scene) => play(scene))
  }
  const times = await inPage(browser, pages, async ({ context, url }) => {
    const page = await context.newPage()
    await page.goto(url)
    return timeTrack(page)
  })
  const name = tracker === 'trackline' ? 'Trackline' : tracker
  return { name, version, brotliBytes, minifiedBytes, trackMicroseconds: median(times), faults }
}

/** Each fault meets a visitor who has never been there. */
async function inPage<Result>(browser: Browser, pages: Record<string, string>, play: (scene: Parameters<(typeof FAULTS)[string]>[0]) => Promise<Result>): Promise<Result> {
  const collector = await openCollector(pages)
  const context = await browser.newContext()
  try {
    return await play({ context, collector, url: `${collector.url}/page` })
  } finally {
    await context.close()
    collector.close()
  }
}

function cellsOf({ name, version, brotliBytes, minifiedBytes, trackMicroseconds, faults }: Row): string[] {
  const bytes = [brotliBytes, minifiedBytes].map((count) => count.toLocaleString('en'))
  return [`${name} ${version}`, ...bytes, `${trackMicroseconds.toFixed(0)} µs`, ...Object.values(faults).map(wordsOf)]
}

function lineOf(row: Row): string {
  return cellsOf(row).join(' | ')
}

/** As it stands in a README. */
function tableOf(rows: Row[]): string {
  const head = ['tracker', 'brotli 11', 'minified', '`track()`', ...Object.keys(FAULTS)]
  return [head, head.map(() => '---'), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
