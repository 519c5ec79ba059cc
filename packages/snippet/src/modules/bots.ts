import type { AnyTracker } from '../any-tracker.ts'
import { before } from './before.ts'

/** Of those that say so; CUBOT is a make of phones. */
const BOT = /(?<!cu)bot|crawl|spider|slurp|headless|lighthouse|phantom|scrap/i

/** A tracker that drops every event of a browser that a program steers, or that calls itself a bot. `onError` hears `bot`. */
export function withoutBots<Given extends AnyTracker>(tracker: Given): Given {
  const { webdriver, userAgent } = globalThis.navigator ?? {}
  return webdriver || BOT.test(userAgent) ? before(tracker, () => {}, 'bot') : tracker
}
