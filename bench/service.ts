import { join } from 'node:path'
import { defineConfig, publicKey, realWorld, resolveConfig, startServer } from '@trackline/proxy'
import type { ConfigOptions, RunningServer } from '@trackline/proxy'
import { defineEvents, oneOf, text } from '@trackline/shared'
import { originOf } from './origin.ts'

/** The limits are on, as shipped, and reach further than the load. */
const NEVER_REACHED = 100_000_000

export interface ServiceOptions {
  /** Where its database is, unless `store` says otherwise. */
  folder: string
  /** In the place of HubSpot. */
  upstream: string
  /** As PEM: what session tokens are verified with. */
  publicKey: string
  /** HubSpot accounts, numbered from 1, each with a site of its own. */
  accounts: number
  store?: string | undefined
  role?: 'all' | 'ingest' | 'deliver'
  hubspot?: Partial<ConfigOptions['hubspot']>
}

/** Trackline as shipped, with one event; it delivers to the upstream, once its accounts are connected. */
export function startService({ folder, upstream, publicKey: pem, accounts, store = 'sqlite:./outbox.db', role = 'all', hubspot }: ServiceOptions): Promise<RunningServer> {
  const session = publicKey({ pem, issuer: 'app', audience: 'trackline' })
  const numbers = Array.from({ length: accounts }, (_, index) => index + 1)
  const config = defineConfig({
    publicUrl: 'http://127.0.0.1:4400',
    port: 0,
    store,
    keys: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
    hubspot: { clientId: 'none', clientSecret: 'none', appId: 1, ids: { login: '1' }, baseUrl: upstream, ...hubspot },
    sites: Object.fromEntries(numbers.map((portal) => [`site${portal}`, { origins: [originOf(portal)], session, portal }])),
    limits: { perSubjectPerMinute: NEVER_REACHED },
    events: defineEvents({ login: { properties: { method: oneOf(['sso', 'password']), page: text() } } }),
  })
  return startServer(resolveConfig(config, join(folder, 'trackline.config.ts')), realWorld(), role)
}

/** As an administrator's approval does; the access token of account 7 is `token7`. */
export async function connectAccounts({ vault }: RunningServer['parts'], accounts: number): Promise<void> {
  for (let portal = 1; portal <= accounts; portal++) await vault.saveInstall(portal, { accessToken: `token${portal}`, refreshToken: 'none', expiresIn: 3_600 })
}
