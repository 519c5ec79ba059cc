import { chromium } from 'playwright'
import type { Browser } from 'playwright'
import { median } from '../report.ts'
import { bundle, versionOf } from './bundle.ts'
import { openCollector } from './collector.ts'
import { FAULTS } from './faults.ts'
import type { Fault } from './faults.ts'
import { countDelivered } from './scene.ts'
import type { Delivered, Scene } from './scene.ts'
import { timeTrack } from './speed.ts'
import type { Tracker } from './trackers.ts'

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync']
/** A fault takes about a minute, whatever a tracker does. */
const LIMIT_MS = 120_000

/** What was measured, or why it could not be. */
export type Measured<Result> = Result | { missing: string }

export interface Row {
  label: string
  version: string
  brotliBytes: number
  minifiedBytes: number
  /** The median. */
  trackMicroseconds: Measured<number>
  /** By the fault's name. */
  faults: Record<string, Measured<Delivered>>
}

/** Measures one tracker: the faults all at once, since they mostly wait; then `track()` alone. */
export async function measure(executablePath: string, { label, file, packageName, scriptTag }: Tracker): Promise<Row> {
  const { files, brotliBytes, minifiedBytes } = bundle(file)
  const pages = { '/page': htmlWith(scriptTag ?? 'type="module"'), ...files, '/next': '<!doctype html><title>next</title>', '/favicon.ico': '<' }
  const faults = await Promise.all(FAULTS.map(async (fault) => [fault.name, await inBrowser(executablePath, pages, (scene) => meet(fault, scene))] as const))
  const trackMicroseconds = await inBrowser(executablePath, pages, async (scene) => median(await timeTrack(scene)))
  return { label, version: versionOf(packageName), brotliBytes, minifiedBytes, trackMicroseconds, faults: Object.fromEntries(faults) }
}

async function meet(fault: Fault, scene: Scene): Promise<Delivered> {
  return countDelivered(scene, await fault.play(scene), fault)
}

/** A visitor who has never been there, in a browser that takes no other along when it ends, or is slow. */
async function inBrowser<Result>(executablePath: string, pages: Record<string, string>, play: (scene: Scene) => Promise<Result>): Promise<Measured<Result>> {
  const collector = await openCollector(pages)
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS })
  try {
    const context = await browser.newContext()
    return await Promise.race([play({ context, collector, url: `${collector.url}/page` }), endOf(browser), timeOut()])
  } catch (error) {
    return { missing: String(error).split('\n')[0] ?? '' }
  } finally {
    await browser.close()
    collector.close()
  }
}

function endOf(browser: Browser): Promise<never> {
  return new Promise((_, reject) => browser.once('disconnected', () => reject(new Error('the browser ended'))))
}

function timeOut(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`not over after ${LIMIT_MS / 1_000} s`)), LIMIT_MS).unref())
}

const CLAIMS = Buffer.from('{"iss":"https://id.example.com","sub":"ada"}').toString('base64url')
const TOKEN = `eyJhbGciOiJFUzI1NiJ9.${CLAIMS}.c2ln`

function htmlWith(attributes: string): string {
  return `<!doctype html><title>bench</title><script>window.fetchToken = () => '${TOKEN}'</script><script ${attributes} src="/tracker.js"></script>`
}
