import type { FastifyBaseLogger } from 'fastify'
import { createClock } from './clock.ts'
import type { Config, Site } from './config.ts'
import { ingestEvents } from './flows/ingest-events/ingest-events.ts'
import { beginInstall, completeInstall } from './flows/install-account.ts'
import type { InstallParts } from './flows/install-account.ts'
import { startDelivery } from './flows/deliver-events/deliver-events.ts'
import type { Delivery } from './flows/deliver-events/deliver-events.ts'
import type { DisconnectParts } from './flows/disconnect-account.ts'
import { contactPropertiesOf } from './flows/push-definitions/plan-contact-properties.ts'
import { startIdentityResolution } from './flows/resolve-identities/resolve-identities.ts'
import type { IdentityResolution } from './flows/resolve-identities/resolve-identities.ts'
import { issueReceipt } from './flows/issue-receipt.ts'
import { createCallerReader } from './http/caller.ts'
import { createReceivedLog } from './http/received-log.ts'
import type { AppParts } from './http/app.ts'
import type { Snippets } from './http/snippet-route.ts'
import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import { createSettleWaiters } from './http/settle-waiters.ts'
import { readAccountDetails, readTimeZone } from './hubspot/account-info.ts'
import type { Fetch } from './hubspot/call.ts'
import { authorizeUrl, exchangeCode, introspectToken, refreshTokens, revokeToken, uninstallApp } from './hubspot/oauth.ts'
import type { OAuthClient } from './hubspot/oauth.ts'
import type { ContactWrites } from './hubspot/contact-properties.ts'
import { timedTargets } from './hubspot/timed-targets.ts'
import { createTargets, SCOPES } from './hubspot/targets.ts'
import { refuseUnfitEvents } from './hubspot/refuse-unfit-events.ts'
import { createTurns } from './hubspot/turns.ts'
import { createEmailResolver } from './identity/email-resolver.ts'
import { createPseudonyms } from './identity/pseudonym.ts'
import { createRateLimit } from './identity/rate-limit.ts'
import { createSiteDirectory } from './identity/site-directory.ts'
import type { SiteDirectory } from './identity/site-directory.ts'
import { openSessions } from './identity/open-sessions.ts'
import { providerFetch } from './identity/provider-fetch.ts'
import { planDerivations } from './outbox/derive.ts'
import { createSizeLimit } from './outbox/size-limit.ts'
import type { TargetName } from './outbox/event.ts'
import type { Store } from './outbox/store.ts'
import type { VacuumReport } from './outbox/vacuum-report.ts'
import { openPostgresStore } from './store/postgres/open-postgres-store.ts'
import { vacuumPostgres } from './store/postgres/vacuum.ts'
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts'
import { vacuumSqlite } from './store/sqlite/vacuum.ts'
import { createSealer, generateKey } from './vault/seal.ts'
import { createReceiptSigner } from './vault/receipt-signer.ts'
import { createVault } from './vault/vault.ts'
import { VERSION } from './version.ts'

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

/** In metrics, sites that are found share one label: there may be thousands of them. */
const FOUND_SITES = '*'
/** Beyond the wait for HubSpot: what saving the new tokens may take. */
const SAVE_GRANT_WITHIN_MS = 5_000
const CONTACT_PROPERTY_SCOPES = ['crm.schemas.contacts.read', 'crm.schemas.contacts.write', 'crm.objects.contacts.write']
/** An app's event templates, without its developer key. */
const TEMPLATE_SCOPES = ['developers-read', 'developers-write']

/**
 * Opens the store and connects every part with what it needs of the others. The store comes last: nothing that refuses to be made
 * leaves it open.
 */
export async function openParts(config: Config, given: World) {
  const { hubspot, events } = config
  const clock = createClock(given)
  const world = { ...given, now: clock.now }
  const endpoint = { baseUrl: hubspot.baseUrl, fetch: world.fetchHubSpot, timeoutMs: hubspot.timeoutMs }
  const client: OAuthClient = { ...hubspot, redirectUri: `${config.publicUrl}/oauth/callback` }
  const sealer = createSealer(config.keys)
  const sites = createSiteDirectory({ sites: config.sites, ...withFitEvents(config) }, { now: world.now, log: logTo(world) })
  const contactWrites: ContactWrites = { read: (query) => store.readContactWrites(query), note: (noted) => store.noteContactWrites(noted) }
  const targets = createTargets(targetsOf(config), { ...hubspot, endpoint, events, contactWrites, ids: hubspot.ids ?? {}, now: world.now })
  const store = await openStore(config, world)
  await store.onClock?.(clock.set).catch((error: unknown) => store.close().then(() => Promise.reject(error)))
  const sessions = openSessions({ store, now: world.now, log: logTo(world), fetch: providerFetch(config, world.fetch) })
  const vault = createVault({
    ...{ ...world, store, sealer, log: logTo(world) },
    refresh: (refreshToken) => refreshTokens(endpoint, client, refreshToken),
    renewWithinMs: hubspot.timeoutMs + SAVE_GRANT_WITHIN_MS,
  })

  const install = (wake: () => void): InstallParts => ({
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
    saveInstall: vault.saveInstall,
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
  return { config, world, endpoint, sites, sessions, waiters: createSettleWaiters(), receipts: createReceiptSigner({ ...world, store, sealer }), store, sizeLimit, sealer, vault, install, disconnect, inspect, targets }
}

function openStore({ store, events }: Config, { logger }: World): Promise<Store> {
  const plans = planDerivations(events)
  const onThreadEnd = (why: string) => logger.error({ error: why }, 'outbox.thread_ended')
  return store.startsWith('sqlite:') ? openSqliteStore(store.slice('sqlite:'.length), plans, onThreadEnd) : openPostgresStore(store, plans)
}

/** Gives disk space back; on SQLite a file that is written anew (`isFull`) keeps everybody from writing. */
export async function vacuumStore({ store }: Config, options: { isFull: boolean }): Promise<VacuumReport> {
  return store.startsWith('sqlite:') ? vacuumSqlite(store.slice('sqlite:'.length), options) : vacuumPostgres(store)
}

function targetsOf({ sites }: Config): Set<TargetName> {
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

/** Sites that are found may have look-ups that are not seen before; of one that a server speaks for, a token may tell an email later. */
function canLookUp({ sites, findSite }: Config): boolean {
  const canTell = ({ email, serverKeys }: Site) => serverKeys.length > 0 || email?.some(({ kind }) => kind === 'lookup')
  return findSite !== undefined || Object.values(sites).some(canTell)
}

/** What happens after the 202. */
export interface Background {
  delivery: Delivery
  identity: IdentityResolution
}

/** Starts what happens after the 202. */
export function startBackground(parts: Parts, metrics: Metrics): Background {
  const { config, world, waiters, store, vault } = parts
  const targets = timedTargets(parts.targets, world.now, metrics.observeCall)
  const log = logTo(world)
  const { requestsPer10Seconds } = config.hubspot
  const common = { ...world, store, log, schedule: config.retry }
  const delivery = startDelivery({
    ...common,
    ...{ targets, accessToken: vault.accessToken, owner: world.newId() },
    // Which targets sites have that are found is not known beforehand.
    ...(config.findSite ? {} : { inUse: targetsOf(config) }),
    onSettled: (rows, outcomes) => rows.forEach((row, index) => {
      const outcome = outcomes[index]
      if (outcome) metrics.countOutcome(row, outcome)
      if (outcome?.kind === 'delivered' || outcome?.kind === 'dead') waiters.tell(row.eventId)
    }),
    createTurns: (handover) => createTurns({ ...world, requestsPer10Seconds }, handover),
  })
  store.onDue?.(delivery.wake)
  const identity = startIdentities(parts, { isMakingRounds: true, wake: delivery.wake })
  return { delivery, identity }
}

/** What a process that does not deliver does after the 202: it alone has the tokens of those whose events it took. */
export function startIngestBackground(parts: Parts): Background {
  const wake = () => undefined
  return { delivery: { wake, stop: async () => undefined }, identity: startIdentities(parts, { isMakingRounds: false, wake }) }
}

function startIdentities(parts: Parts, options: { isMakingRounds: boolean; wake: (account: number) => void }): IdentityResolution {
  const { config, world, sites, store } = parts
  const log = logTo(world)
  const { resolve, close } = createEmailResolver({ ...world, log })
  // Tokens wait in memory for minutes: nobody who reads the memory's pages finds one.
  const sealer = createSealer(generateKey('memory'))
  const sealing = { seal: (token: string) => sealer.seal(token, 'token'), open: (sealed: string) => sealer.open(sealed, 'token') }
  const common = { ...world, ...sealing, ...options, store, log, resolve, schedule: config.retry, canLookUp: canLookUp(config) }
  const identities = startIdentityResolution({ ...common, siteNamed: (name) => sites.named(name), pseudonym: createPseudonyms(config.keys) })
  return { ...identities, stop: () => identities.stop().finally(close) }
}

interface AppOptions {
  snippets: Snippets
  background: Background
  metrics: Metrics
  isIngesting: boolean
}

/** What the HTTP interface is built from. */
export function appParts(parts: Parts, { snippets, background, metrics, isIngesting }: AppOptions): AppParts {
  const { config, world, sites, sessions, store, sizeLimit } = parts
  const { delivery, identity } = background
  const waitFor = createRateLimit(config.limits.perSubjectPerMinute, world.now)
  const enqueue: Store['enqueue'] = async (events) => {
    sizeLimit.assertRoom()
    return store.enqueue(events)
  }
  const ingestParts = { ...world, events: config.events, store: { ...store, enqueue }, wake: delivery.wake, hear: identity.hear, knownEmail: identity.knownEmail }
  const log = logTo(world)
  const received = createReceivedLog(log)
  /** What `/readyz` asks: whether an event would be stored. A full outbox is no fault of those that only deliver: they drain it. */
  const canStore = async () => {
    if (isIngesting) sizeLimit.assertRoom()
    await store.checkWritable(world.now().getTime())
  }
  return {
    isIngesting,
    sites,
    readCaller: createCallerReader({ sites, readSession: sessions.read, now: world.now }),
    ingest: {
      async ingest(request) {
        const startedAt = world.now().getTime()
        const results = await ingestEvents(ingestParts, request)
        metrics.observeIngest(Math.max(0, world.now().getTime() - startedAt))
        return results
      },
      waitBeforeSending: ({ site, speaker }, events) => (speaker.kind === 'server' ? 0 : waitFor(`${site.name} ${speaker.person.subject}`, events)),
      onResults({ site }, messages, results) {
        metrics.countResults(config.findSite ? FOUND_SITES : site.name, messages, results)
        received.count(site.name, results)
      },
    },
    onClose: received.flush,
    findEvent: store.findEvent,
    waiters: parts.waiters,
    issueReceipt: (query) => issueReceipt({ ...world, store, sign: parts.receipts.sign, issuer: config.publicUrl }, query),
    receiptKeys: parts.receipts.published,
    install: {
      begin: (link) => beginInstall(parts.install(delivery.wake), link),
      complete: (answer) => completeInstall(parts.install(delivery.wake), answer),
      isSecure: config.publicUrl.startsWith('https:'),
      log,
    },
    health: { checkWritable: canStore, metrics: metrics.render },
    snippets,
    newId: world.newId,
    logger: world.logger,
  }
}

export function metricsOf({ config, sessions, store, sizeLimit, world }: Parts): Metrics {
  const { auditBySite, accountStates, size, oldestWaiting } = store
  const sites = Object.values(config.sites)
  return createMetrics({
    ...{ auditBySite, accountStates, size, oldestWaiting, isFull: sizeLimit.isFull, now: world.now },
    describeKeys: sessions.describeKeys,
    known: { sites: config.findSite ? [FOUND_SITES] : Object.keys(config.sites), events: Object.keys(config.events), accounts: sites.map(({ portal }) => portal) },
    build: { version: VERSION, node: process.versions.node, store: config.store.startsWith('sqlite:') ? 'sqlite' : 'postgres' },
  })
}

export function logTo({ logger }: World) {
  return (line: Record<string, unknown>, story: string): void => logger.info(line, story)
}
