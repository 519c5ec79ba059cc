import { chromium as playwright } from 'playwright'
import type { BrowserContext, Page } from 'playwright'
import { findChromium } from '../../../../scripts/find-chromium.mjs'
import type { Browser, Engine, Profile, Tab } from './engine.ts'

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run', '--disable-component-update', '--disable-sync']
const executablePath = await findChromium()

/** Through Playwright. */
export const chromium: Engine = { name: 'Chromium', missing: executablePath ? undefined : 'chromium', launch }

async function launch(): Promise<Browser> {
  const browser = await playwright.launch({ executablePath: executablePath!, args: ARGUMENTS })
  return {
    newProfile: async () => profileOf(await browser.newContext()),
    close: () => browser.close(),
  }
}

function profileOf(context: BrowserContext): Profile {
  return {
    newTab: async () => tabOf(await context.newPage()),
    close: () => context.close(),
  }
}

function tabOf(page: Page): Tab {
  return {
    goto: (url) => page.goto(url),
    evaluate: (run, argument) => page.evaluate(run as never, argument),
    click: (selector) => page.click(selector),
    close: () => page.close(),
    async crash() {
      const crashed = page.waitForEvent('crash')
      const session = await page.context().newCDPSession(page)
      // Nobody is left to answer it.
      session.send('Page.crash').catch(() => {})
      await crashed
      await page.close()
    },
  }
}
