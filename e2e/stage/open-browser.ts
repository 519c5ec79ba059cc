import { chromium } from 'playwright'
import type { Browser } from 'playwright'
import { findChromium } from '../../scripts/find-chromium.mjs'

/** Silent on the network but for the pages it is sent to. */
const ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
]

/** Starts the Chromium of this machine. @throws Error when there is none */
export async function openBrowser(moreArgs: readonly string[] = []): Promise<Browser> {
  const executablePath = await findChromium()
  if (!executablePath) throw new Error('there is no Chromium: "npm test" installs one, or name one with TRACKLINE_CHROMIUM')
  return chromium.launch({ executablePath, args: [...ARGS, ...moreArgs] })
}
