import demo from '@trackline/example-plain-html/trackline.config.ts'
import { defineConfig, sharedSecret } from '@trackline/proxy'
import type { SiteOptions } from '@trackline/proxy'

/** The demo's configuration, with waits that a test can sit out and as many HubSpot accounts as a test asks for. */
const DEMO_ACCOUNT = 62515
const NEVER_REACHED = 1_000_000
const accounts = Number(process.env.TRACKLINE_STAGE_ACCOUNTS ?? 1)
const retryMs = Number(process.env.TRACKLINE_STAGE_RETRY_MS ?? 50)

const serverKeys = process.env.TRACKLINE_STAGE_SERVER_KEY ? [process.env.TRACKLINE_STAGE_SERVER_KEY] : []
const furtherSites = Array.from({ length: accounts - 1 }, (_, index) => furtherSite(index + 2))
const [[demoSite, demoOptions] = []] = Object.entries(demo.sites)
if (!demoSite || !demoOptions) throw new Error('the demo has no site any more')

export default defineConfig({
  ...demo,
  hubspot: { ...demo.hubspot, requestsPer10Seconds: NEVER_REACHED, timeoutMs: 3_000 },
  sites: { [demoSite]: { ...demoOptions, serverKeys }, ...Object.fromEntries(furtherSites) },
  limits: false,
  retry: { firstMs: retryMs, maxMs: retryMs * 8 },
})

/** `site-2`, `site-3`, …: each with a HubSpot account of its own, and session tokens that no other site takes. */
function furtherSite(number: number): [string, SiteOptions] {
  const session = sharedSecret({ secret: process.env.SESSION_SECRET ?? '', issuer: 'northwind', audience: `trackline-${number}` })
  return [`site-${number}`, { origins: [`http://127.0.0.1:${number}`], session, portal: DEMO_ACCOUNT + number - 1 }]
}
