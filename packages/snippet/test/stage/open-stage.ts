import { chromium } from 'playwright'
import type { Browser, BrowserContext } from 'playwright'
import { findChromium } from '../../../../scripts/find-chromium.mjs'
import { openServers } from './open-servers.ts'

export { STUB } from './open-servers.ts'
export type { StagePage } from './open-servers.ts'

/** Where none is found, Playwright says at the launch what is to be done. */
export const CHROMIUM = (await findChromium()) ?? ''
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
  // A site that is not a secure context, for what browsers keep from plain HTTP.
  '--host-resolver-rules=MAP insecure.test 127.0.0.1',
]

export type Stage = Awaited<ReturnType<typeof openStage>>

/** A browser, a site with the built snippet, and an endpoint. */
export async function openStage() {
  const servers = await openServers()
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: BROWSER_ARGUMENTS })
  return { ...servers, browser, newContext, close }

  function newContext(): Promise<BrowserContext> {
    return browser.newContext()
  }

  async function close(): Promise<void> {
    await Promise.all([browser.close(), servers.closeServers()])
  }
}
