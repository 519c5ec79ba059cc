import { join } from 'node:path'
import { defineConfig, realWorld, resolveConfig, startServer } from '@trackline/proxy'
import type { ConfigOptions, RunningServer } from '@trackline/proxy'
import { defineEvents, oneOf, text } from '@trackline/shared'

export interface ServiceOptions {
  /** Where its database is, unless `store` says otherwise. */
  folder: string
  /** In the place of HubSpot. */
  upstream: string
  sites: ConfigOptions['sites']
  store?: string | undefined
  hubspot?: Partial<ConfigOptions['hubspot']>
}

/** Trackline as shipped, with one event and without a limit of its own on what comes in; it delivers to the upstream. */
export function startService({ folder, upstream, sites, store = 'sqlite:./outbox.db', hubspot }: ServiceOptions): Promise<RunningServer> {
  const config = defineConfig({
    publicUrl: 'http://127.0.0.1:4400',
    port: 0,
    store,
    keys: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    hubspot: { clientId: 'none', clientSecret: 'none', appId: 1, ids: { login: '1' }, baseUrl: upstream, ...hubspot },
    sites,
    limits: false,
    events: defineEvents({ login: { properties: { method: oneOf(['sso', 'password']), page: text() } } }),
  })
  return startServer(resolveConfig(config, join(folder, 'trackline.config.ts')), realWorld())
}
