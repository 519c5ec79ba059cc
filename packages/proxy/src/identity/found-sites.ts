import { LRUCache } from 'lru-cache'
import type { FindSite, Site } from '../config.ts'
import { SITE_NAME } from '../config-schema.ts'
import { TrackError } from '../errors.ts'
import { isOrigin } from '../is-origin.ts'
import type { SiteDirectory } from './site-directory.ts'

/** A change of a site is seen this much later at most. */
export const FRESH_MS = 30_000
/** A new site is seen this much later at most, where somebody asked for it before it was there. */
export const ABSENT_MS = 10_000
/** While sites cannot be looked up, those found before are good for this long. */
export const KEEP_MS = 3_600_000
const MAX_SITES = 10_000
/** Each site is found by its origin and by its name. */
const MAX_KNOWN = 2 * MAX_SITES
/** Apart from the sites, so that strangers' origins do not push them out. */
const MAX_ABSENT = 10_000
/** Look-ups at once, so that a flood of strangers' origins does not become one of queries. */
const MAX_ASKING = 50
const ASK_WITHIN_MS = 2_000
/** After a look-up that failed, what was found before serves this long before the next one. */
const ASK_AGAIN_MS = 2_000
const RETRY_AFTER_SECONDS = 2
const NAMED = new RegExp(SITE_NAME)

export interface FoundSitesParts {
  find: FindSite
  now: () => Date
  log: (line: Record<string, unknown>, story: string) => void
}

interface Known {
  site: Site
  version: string | number | undefined
  askedAt: number
  failedAt?: number
}

/**
 * Looks sites up, one question at a time for each origin or name, and remembers what it was told, the absent ones too.
 *
 * @returns a directory whose `ofOrigin` and `named` throw TrackError `SITES_UNAVAILABLE` while nobody can be asked and the
 *   site was not found in the last hour
 */
export function foundSites({ find, now, log }: FoundSitesParts): SiteDirectory {
  const known = new LRUCache<string, Known>({ max: MAX_KNOWN })
  const absent = new LRUCache<string, number>({ max: MAX_ABSENT })
  const asking = new Map<string, Promise<Site | undefined>>()

  function siteOf(asked: string, by: 'origin' | 'name'): Site | undefined | Promise<Site | undefined> {
    const before = known.get(asked)
    if (before && isServing(before)) return before.site
    const absentAt = before ? undefined : absent.get(asked)
    if (absentAt !== undefined && isYounger(absentAt, ABSENT_MS)) return undefined
    return asking.get(asked) ?? ask(asked, by, before)
  }

  function isServing({ askedAt, failedAt }: Known): boolean {
    if (failedAt !== undefined && isYounger(failedAt, ASK_AGAIN_MS)) return isYounger(askedAt, KEEP_MS)
    return isYounger(askedAt, FRESH_MS)
  }

  function ask(asked: string, by: 'origin' | 'name', before: Known | undefined): Promise<Site | undefined> {
    const askedAt = now().getTime()
    const answer = (asking.size < MAX_ASKING ? inTime(find(asked, by)) : Promise.reject(new Error('too many sites are being looked up')))
      .then((found) => remember(asked, { found, askedAt, before }))
      .catch((error: unknown) => withoutAnswer(error, before))
      .finally(() => asking.delete(asked))
    asking.set(asked, answer)
    return answer
  }

  function remember(asked: string, { found, askedAt, before }: { found: Awaited<ReturnType<FindSite>>; askedAt: number; before: Known | undefined }): Site | undefined {
    if (!found) {
      known.delete(asked)
      absent.set(asked, askedAt)
      return undefined
    }
    const { site, version } = found
    const same = [before, known.get(site.name)].find((each) => each && each.version !== undefined && each.version === version && each.site.name === site.name)
    const current = { site: same?.site ?? site, version, askedAt }
    known.set(asked, current)
    known.set(site.name, current)
    return current.site
  }

  function withoutAnswer(error: unknown, before: Known | undefined): Site {
    log({ error: error instanceof Error ? error.message : String(error) }, 'site.lookup_failed')
    if (before) before.failedAt = now().getTime()
    if (before && isYounger(before.askedAt, KEEP_MS)) return before.site
    throw new TrackError('SITES_UNAVAILABLE', undefined, { cause: error, retryAfterSeconds: RETRY_AFTER_SECONDS })
  }

  /** Either way: a clock that was set back makes nothing younger. */
  function isYounger(at: number, ageMs: number): boolean {
    return Math.abs(now().getTime() - at) < ageMs
  }

  return {
    // What no browser sends is not looked up.
    ofOrigin: (origin) => (isOrigin(origin) ? siteOf(origin, 'origin') : undefined),
    named: (name) => (NAMED.test(name) ? siteOf(name, 'name') : undefined),
    only: undefined,
    says: '"sites" is a function, and it finds none of this name',
  }
}

function inTime<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the site was not found out within ${ASK_WITHIN_MS} ms`)), ASK_WITHIN_MS)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
