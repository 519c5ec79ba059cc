import { existsSync } from 'node:fs'
import type { FastifyBaseLogger } from 'fastify'
import { createClock } from './clock.ts'
import type { Config, Site } from './config.ts'
import type { InstallParts } from './flows/install-account.ts'
import type { DisconnectParts } from './flows/disconnect-account.ts'
import { contactPropertiesOf } from './flows/push-definitions/plan-contact-properties.ts'
import { createSettleWaiters } from './http/settle-waiters.ts'
import { readAccountDetails, readTimeZone } from './hubspot/account-info.ts'
import type { Fetch, HubSpotEndpoint } from './hubspot/call.ts'
import { authorizeUrl, exchangeCode, introspectToken, refreshTokens, revokeToken, uninstallApp } from './hubspot/oauth.ts'
import type { OAuthClient } from './hubspot/oauth.ts'
import type { ContactWrites } from './hubspot/contact-properties.ts'
import { createTargets, SCOPES } from './hubspot/targets.ts'
import { refuseUnfitEvents } from './hubspot/refuse-unfit-events.ts'
import { createSiteDirectory } from './identity/site-directory.ts'
import type { SiteDirectory } from './identity/site-directory.ts'
import { openSessions } from './identity/open-sessions.ts'
import { providerFetch } from './identity/provider-fetch.ts'
import { planDerivations } from './outbox/derive.ts'
import { createSizeLimit } from './outbox/size-limit.ts'
import type { TargetName } from './outbox/event.ts'
import type { Store } from './outbox/store.ts'
import { withoutEmails } from './outbox/without-emails.ts'
import type { VacuumReport } from './outbox/vacuum-report.ts'
import { copyFromSqlite } from './store/postgres/copy-from-sqlite.ts'
import type { Copied } from './store/postgres/copy-from-sqlite.ts'
import { hasTables } from './store/postgres/has-tables.ts'
import { openPostgresStore } from './store/postgres/open-postgres-store.ts'
import { vacuumPostgres } from './store/postgres/vacuum.ts'
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts'
import { vacuumSqlite } from './store/sqlite/vacuum.ts'
import { shownStore } from './shown-store.ts'
import { createSealer } from './vault/seal.ts'
import { createReceiptSigner } from './vault/receipt-signer.ts'
import { createVault } from './vault/vault.ts'

/** What the parts take from outside: time, chance, the network, the log. Only doors make one. */
export interface World {
  now: () => Date
  /** Milliseconds since some moment; nobody can set it. Without it, `now` is never corrected by a database's clock. */
  monotonicMs?: (() => number) | undefined
  random: () => number
  newId: () => string
  /** 256 random bits, base64url. */
  newSecret: () => string
  fetch: typeof fetch
  /** For HubSpot, to which most requests go. */
  fetchHubSpot: Fetch
  sleep: (ms: number) => Promise<void>
  logger: FastifyBaseLogger
}

/** Everything that flows need, wired once. */
export type Parts = Awaited<ReturnType<typeof openParts>>

/** Beyond the wait for HubSpot: what saving the new tokens may take. */
const SAVE_GRANT_WITHIN_MS = 5_000
const CONTACT_PROPERTY_SCOPES = ['crm.schemas.contacts.read', 'crm.schemas.contacts.write', 'crm.objects.contacts.write']
/** An app's event templates, without its developer key. */
const TEMPLATE_SCOPES = ['developers-read', 'developers-write']

/**
 * Opens the store and connects every part with what it needs of the others. The store comes last: nothing that refuses to be made
 * leaves it open.
 *
 * @param options.mustExist  makes no outbox where there is none: a mistyped path must not look like one that is empty
 */
export async function openParts(config: Config, given: World, options: { mustExist?: boolean } = {}) {
  const { hubspot, events } = config
  const clock = createClock(given)
  const world = { ...given, now: clock.now }
  const ending = new AbortController()
  const { sites, sealer, ...outside } = partsWithoutStore(config, world)
  const endpoint = { ...outside.endpoint, ending: ending.signal }
  const client: OAuthClient = { ...hubspot, redirectUri: `${config.publicUrl}/oauth/callback` }
  const contactWrites: ContactWrites = { read: (query) => store.readContactWrites(query), note: (noted) => store.noteContactWrites(noted) }
  const targets = createTargets({ ...hubspot, endpoint, events, contactWrites, ids: hubspot.ids ?? {}, now: world.now })
  if (options.mustExist) await assertThere(config)
  const store = await openStore(config, world)
  await store.onClock?.(clock.set).catch((error: unknown) => store.close().then(() => Promise.reject(error)))
  const sessions = openSessions({ store, now: world.now, log: logTo(world), fetch: providerFetch(config, world.fetch) })
  const vault = createVault({
    ...{ ...world, store, sealer, log: logTo(world) },
    refresh: (refreshToken) => refreshTokens(endpoint, client, refreshToken),
    renewWithinMs: hubspot.timeoutMs + SAVE_GRANT_WITHIN_MS,
    isEnding: () => ending.signal.aborted,
  })

  const install = (wake: InstallParts['wake']): InstallParts => ({
    ...world,
    store,
    sealer,
    wake,
    accountOf: async (site) => (await siteNamed(sites, site)).portal,
    authorizeUrl: async ({ site, ...request }) => {
      const scopes = hubspot.scopes ?? scopesFor(config, await siteNamed(sites, site))
      return authorizeUrl(client, { appUrl: hubspot.appUrl, scopes, ...request })
    },
    exchangeCode: (proof) => exchangeCode(endpoint, client, proof),
    readTimeZone: (accessToken) => readTimeZone(endpoint, accessToken),
    saveInstall(account, tokens) {
      // The account's events are due again with this: they must not meet an answer from before.
      for (const target of Object.values(targets)) target.lookAgain?.()
      return vault.saveInstall(account, tokens)
    },
  })
  const disconnect: DisconnectParts = {
    accessToken: async (account) => {
      const token = await vault.accessToken(account)
      return token.kind === 'token' ? token.accessToken : undefined
    },
    uninstallApp: (accessToken) => uninstallApp(endpoint, client, accessToken),
    revokeToken: (refreshToken) => revokeToken(endpoint, client, refreshToken),
    removeGrant: vault.removeGrant,
  }
  /** What HubSpot says of a connection, for a person who looks for a mistake. */
  const inspect = {
    token: (accessToken: string) => introspectToken(endpoint, client, accessToken),
    account: (accessToken: string) => readAccountDetails(endpoint, accessToken),
    scopesNeeded: (site: Site) => scopesFor(config, site),
  }
  const sizeLimit = createSizeLimit({ size: store.size, limits: config.outbox, log: logTo(world) })
  /** For the end of the process: whoever waits for HubSpot hears that no answer came. */
  const stopWaitingForHubSpot = () => ending.abort(new Error('the process ended before it came'))
  return { config, world, endpoint, stopWaitingForHubSpot, sites, sessions, waiters: createSettleWaiters(), receipts: createReceiptSigner({ ...world, store, sealer }), store, sizeLimit, sealer, vault, install, disconnect, inspect, targets }
}

/**
 * The parts that need no outbox.
 *
 * @throws TypeError when a key is none, or the event definitions do not fit the targets that the configuration names
 */
export function partsWithoutStore(config: Config, world: World) {
  refuseUnfitEvents(config.events, targetsOf(config))
  const sealer = createSealer(config.keys)
  const { baseUrl, timeoutMs } = config.hubspot
  const endpoint: HubSpotEndpoint = { baseUrl, fetch: world.fetchHubSpot, timeoutMs }
  const sites = createSiteDirectory({ sites: config.sites, ...withFitEvents(config) }, { now: world.now, log: logTo(world) })
  return { config, world, endpoint, sealer, sites }
}

/** That there is no outbox, and what to do. Undefined: it is there, or the database cannot be asked, which whoever opens it will hear. */
export async function missingOutbox({ store }: Config): Promise<{ says: string; remedy: string } | undefined> {
  const place = store.startsWith('sqlite:') ? missingFile(store.slice('sqlite:'.length)) : await missingTables(store)
  return place === undefined ? undefined : { says: `there is no outbox ${place} yet`, remedy: '"trackline serve" makes it; if it lies elsewhere, mend "store" in the configuration' }
}

function missingFile(path: string): string | undefined {
  return existsSync(path) ? undefined : `at ${path}`
}

async function missingTables(url: string): Promise<string | undefined> {
  const tables = await hasTables(url).catch(() => undefined)
  return !tables || tables.isThere ? undefined : `in the schema "${tables.schema}" of ${shownStore(url)}`
}

async function assertThere(config: Config): Promise<void> {
  const missing = await missingOutbox(config)
  if (missing) throw new Error(`${missing.says}: ${missing.remedy}`)
}

function openStore({ store, events }: Config, { logger }: World): Promise<Store> {
  const plans = planDerivations(events)
  const onThreadEnd = (why: string) => logger.error({ error: why }, 'outbox.thread_ended')
  return store.startsWith('sqlite:') ? openSqliteStore(store.slice('sqlite:'.length), plans, onThreadEnd) : openPostgresStore(store, plans)
}

/** Gives disk space back; on SQLite a file that is written anew (`isFull`) keeps everybody from writing. */
export async function vacuumStore(config: Config, options: { isFull: boolean }): Promise<VacuumReport> {
  const { store } = config
  await assertThere(config)
  return store.startsWith('sqlite:') ? vacuumSqlite(store.slice('sqlite:'.length), options) : vacuumPostgres(store)
}

/** Copies a SQLite outbox into the PostgreSQL database that the configuration names. */
export function copyStore({ store }: Config, path: string, options: { now: number; onStep: (rows: number) => void }): Promise<Copied> {
  return copyFromSqlite(path, store, options)
}

/** The targets that the listed sites name. */
export function targetsOf({ sites }: Config): Set<TargetName> {
  return new Set(Object.values(sites).flatMap((site) => site.targets))
}

/**
 * What sending needs, what creating the contact properties needs that events are to set, and what defining events needs: for all sites,
 * since several may share one account; where sites are found, for the one.
 */
function scopesFor(config: Config, site: Site): string[] {
  const sending = [...(config.findSite ? site.targets : targetsOf(config))].flatMap((target) => config.hubspot.targets[target].scopes ?? SCOPES[target])
  const properties = contactPropertiesOf(config.events).size ? CONTACT_PROPERTY_SCOPES : []
  const templates = config.hubspot.templateAccess === 'oauth' ? TEMPLATE_SCOPES : []
  return [...new Set(['oauth', ...sending, ...properties, ...templates])]
}

async function siteNamed(sites: SiteDirectory, name: string): Promise<Site> {
  const site = await sites.named(name)
  if (!site) throw new TypeError(`no site '${name}' is configured: ${sites.says}`)
  return site
}

/** Of the listed sites' targets the start finds out; a site that is found may be the first that has this one. */
function withFitEvents({ findSite, events }: Config): Pick<Config, 'findSite'> {
  if (!findSite) return {}
  return {
    async findSite(asked, by) {
      const found = await findSite(asked, by)
      refuseUnfitEvents(events, new Set(found?.site.targets))
      return found
    },
  }
}

/** A line that says an error is a warning: it goes on, and somebody should know. What somebody else's code throws may name a person. */
export function logTo({ logger }: World) {
  return (line: Record<string, unknown>, story: string): void => {
    if (typeof line.error === 'string') logger.warn({ ...line, error: withoutEmails(line.error) }, story)
    else logger.info(line, story)
  }
}
