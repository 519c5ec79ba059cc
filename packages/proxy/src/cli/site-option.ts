import type { Config, Site } from '../config.ts'
import { createSiteDirectory } from '../identity/site-directory.ts'

/** The site that `--site` names, listed or found. @throws TypeError when there is none */
export async function siteOption(config: Config, name: string): Promise<Site> {
  const sites = createSiteDirectory(config, { now: () => new Date(), log: () => undefined })
  const site = await sites.named(name)
  if (!site) throw new TypeError(`--site: no site '${name}' is configured: ${sites.says}`)
  return site
}
