import { existsSync } from 'node:fs'

const SYSTEM_BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome']

/** Path of the Chromium that the tests drive: TRACKLINE_CHROMIUM, one of the system's, or Playwright's own. */
export async function findChromium() {
  const named = [process.env.TRACKLINE_CHROMIUM ?? '', ...SYSTEM_BROWSERS].find((path) => path && existsSync(path))
  if (named) return named
  const { chromium } = await import('playwright')
  return existsSync(chromium.executablePath()) ? chromium.executablePath() : undefined
}
