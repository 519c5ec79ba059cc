import type { Background } from './background.ts'
import { createEventLog } from './event-log.ts'
import { ingestEvents } from './flows/ingest-events/ingest-events.ts'
import { beginInstall, completeInstall } from './flows/install-account.ts'
import { issueReceipt } from './flows/issue-receipt.ts'
import type { AppParts } from './http/app.ts'
import { createCallerReader } from './http/caller.ts'
import { FOUND_SITES } from './http/metric-definitions.ts'
import { createMetrics } from './http/metrics.ts'
import type { Metrics } from './http/metrics.ts'
import { createReceivedLog } from './http/received-log.ts'
import type { Snippets } from './http/snippet-route.ts'
import { createRateLimit } from './identity/rate-limit.ts'
import { TARGETS } from './outbox/event.ts'
import type { Store } from './outbox/store.ts'
import { watchRefusals } from './outbox/watch-refusals.ts'
import { logTo, targetsOf } from './parts.ts'
import type { Parts } from './parts.ts'
import { VERSION } from './version.ts'

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
  const { enqueue, assertNotRefused } = watchRefusals(store.enqueue, world.now)
  const enqueueWhereRoom: Store['enqueue'] = async (events) => {
    sizeLimit.assertRoom()
    return enqueue(events)
  }
  const { hear, knownEmail } = identity
  const ingestParts = { ...world, events: config.events, store: { ...store, enqueue: enqueueWhereRoom }, wake: delivery.wake, hear, knownEmail, observe: metrics.observeIngest }
  const log = logTo(world)
  const received = createReceivedLog(log)
  const eventLog = createEventLog(world)
  /** What `/readyz` asks: whether an event would be stored. A full outbox is no fault of those that only deliver: they drain it. */
  const canStore = async () => {
    if (isIngesting) sizeLimit.assertRoom()
    await store.checkWritable(world.now().getTime())
    assertNotRefused()
  }
  return {
    isIngesting,
    sites,
    readCaller: createCallerReader({ sites, readSession: sessions.read, now: world.now }),
    ingest: {
      ingest: (request) => ingestEvents(ingestParts, request),
      waitBeforeSending: ({ speaker }, events) => (speaker.kind === 'server' ? 0 : waitFor(speaker.key, events)),
      onResults(caller, messages, results) {
        const { name } = caller.site
        metrics.countResults(name, messages, results)
        received.count(name, results)
        eventLog?.received(caller, messages, results)
      },
      onRefusal: metrics.countRefusal,
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

/** What Prometheus is told. */
export function metricsOf({ config, sessions, store, sizeLimit, world }: Parts): Metrics {
  const { auditBySite, accountStates, size, oldestWaiting } = store
  const sites = Object.values(config.sites)
  return createMetrics({
    ...{ auditBySite, accountStates, size, oldestWaiting, isFull: sizeLimit.isFull, now: world.now },
    describeKeys: sessions.describeKeys,
    known: { sites: config.findSite ? [FOUND_SITES] : Object.keys(config.sites), events: Object.keys(config.events), accounts: sites.map(({ portal }) => portal), targets: config.findSite ? TARGETS : [...targetsOf(config)] },
    build: { version: VERSION, node: process.versions.node, store: config.store.startsWith('sqlite:') ? 'sqlite' : 'postgres' },
  })
}
