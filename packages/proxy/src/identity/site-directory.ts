import type { Config, Site } from '../config.ts'
import { foundSites } from './found-sites.ts'
import type { FoundSitesParts } from './found-sites.ts'

/** Where a request, a row or a command finds its site. A site that is known already comes without a promise. */
export interface SiteDirectory {
  ofOrigin(origin: string): Site | undefined | Promise<Site | undefined>
  named(name: string): Site | undefined | Promise<Site | undefined>
  /** The one site, where the configuration lists one and no more. */
  only: Site | undefined
  /** What the configuration lists, in words, for a message. */
  says: string
}

/** The sites that the configuration lists, or those that its function finds. */
export function createSiteDirectory({ sites, findSite }: Pick<Config, 'sites' | 'findSite'>, parts: Omit<FoundSitesParts, 'find'>): SiteDirectory {
  return findSite ? foundSites({ ...parts, find: findSite }) : listedSites(sites)
}

function listedSites(sites: Config['sites']): SiteDirectory {
  const all = Object.values(sites)
  const byOrigin = new Map(all.flatMap((site) => site.origins.map((origin) => [origin, site])))
  return {
    ofOrigin: (origin) => byOrigin.get(origin),
    named: (name) => (Object.hasOwn(sites, name) ? sites[name] : undefined),
    only: all.length === 1 ? all[0] : undefined,
    says: `there are ${Object.keys(sites).join(', ')}`,
  }
}
