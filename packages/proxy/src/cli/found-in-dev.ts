import type { Config } from '../config.ts'

/**
 * Sees to the sites that a function finds: nobody can list them, so each is prepared when it is found first, one after another.
 *
 * @param prepare  makes HubSpot ready for the site; what it throws is told, and tried again when the site is found again
 */
export function preparingFoundSites(config: Config, prepare: (site: string) => Promise<void>, tell: (problem: string) => void): Config {
  const { findSite } = config
  if (!findSite) return config
  const seen = new Set<string>()
  let line = Promise.resolve()

  function prepareOnce(site: string): void {
    if (seen.has(site)) return
    seen.add(site)
    line = line.then(() => prepare(site)).catch((error: unknown) => {
      seen.delete(site)
      tell(error instanceof Error ? error.message : String(error))
    })
  }

  return {
    ...config,
    async findSite(asked, by) {
      const found = await findSite(asked, by)
      if (found) prepareOnce(found.site.name)
      return found
    },
  }
}
