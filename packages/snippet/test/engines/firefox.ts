import { existsSync } from 'node:fs'
import { launch as launchFirefox } from 'puppeteer-core'
import type { BrowserContext, Page } from 'puppeteer-core'
import type { Browser, Engine, Profile, Tab } from './engine.ts'

const PATHS = [process.env.TRACKLINE_FIREFOX ?? '', '/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox']
const executablePath = PATHS.find((path) => path && existsSync(path))

/** Through WebDriver BiDi. Its process of pages serves all tabs of a site, so that none can be crashed alone. */
export const firefox: Engine = { name: 'Firefox', missing: executablePath ? undefined : 'firefox-esr', launch }

async function launch(): Promise<Browser> {
  const browser = await launchFirefox({ browser: 'firefox', executablePath: executablePath!, headless: true })
  return {
    newProfile: async () => profileOf(await browser.createBrowserContext()),
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
    evaluate: (run, argument) => page.evaluate(run as never, argument) as never,
    click: (selector) => page.click(selector),
    close: () => page.close(),
  }
}
