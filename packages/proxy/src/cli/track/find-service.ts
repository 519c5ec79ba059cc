import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { EventDefinitions } from '@trackline/shared'
import { loadConfigOptions } from '../load-config.ts'

/** The running service, as a server of the site's owner speaks to it. */
export interface Service {
  /** Its origin. */
  url: string
  site: string | undefined
  /** Sites that the configuration lists; none where there is no configuration, or a function finds them. */
  sites: readonly string[]
  /** A server key of the site. */
  key: string
  /** What each event is; unknown where there is no configuration. */
  events: EventDefinitions | undefined
}

/** With `url`, a configuration is not needed: then a server may send that has none. @throws TypeError naming what is missing */
export async function findService({ config, url, site }: { config: string; url?: string; site?: string }): Promise<Service> {
  const options = url !== undefined && !existsSync(resolve(config)) ? undefined : await loadConfigOptions(config)
  const found = url ?? options?.publicUrl ?? ''
  if (!URL.canParse(found)) throw new TypeError(`--url must be an origin such as https://t.example.com: got '${found}'`)
  // Read last: a .env beside the configuration may hold it.
  const key = process.env.TRACKLINE_SERVER_KEY
  if (key === undefined || key === '') throw new Error('TRACKLINE_SERVER_KEY is not set: run "trackline keys generate --server", put the entry into the site\'s "serverKeys" and the key into the environment')
  return { url: new URL(found).origin, site, sites: Object.keys(options?.sites ?? {}), key, events: options?.events }
}
