import type { AddressInfo } from 'node:net'
import { setFlagsFromString } from 'node:v8'
import { appParts, metricsOf } from './app-parts.ts'
import { startBackground, startIngestBackground } from './background.ts'
import type { Config } from './config.ts'
import { reasonOf } from './errors.ts'
import { buildApp } from './http/app.ts'
import type { Snippets } from './http/snippet-route.ts'
import { logTo, openParts } from './parts.ts'
import type { Parts, World } from './parts.ts'
import { readSnippet } from './read-snippet.ts'
import { shownStore } from './shown-store.ts'
import { keepTickShape } from './tick-shape.ts'
import { refuseUnreadableGrants } from './vault/rotate-keys.ts'
import { VERSION } from './version.ts'

/** Requests that are being answered, and batches that are being sent, get this long when the service stops. */
const STOP_WITHIN_MS = 8_000
/** What HubSpot has not answered by then goes without: it is written down as tried, and whoever comes next sends it again. */
const WAIT_FOR_HUBSPOT_MS = 6_000
const DAY_MS = 24 * 3_600_000
const FORGET_EVERY_MS = 10_000
/** How often the outbox's size is looked at. */
const LOOK_EVERY_MS = 1_000
/** Rows forgotten in one step; small, so that nobody waits for it. */
const FORGET_AT_ONCE = 500

/**
 * V8 must not guess which objects live long. Where hundreds of requests wait for the disk at once, it takes what they are made of for
 * long-lived, and collects it late and dearly. [docs/adr/0014]
 */
const NO_PRETENURING = '--no-allocation-site-pretenuring'

export interface RunningServer {
  /** Where it listens, such as `http://127.0.0.1:4400`. */
  url: string
  parts: Parts
  /** Stops accepting, finishes the commit, settles what is being sent, gives the leases back. */
  stop(): Promise<void>
}

/** What one process of several on one store does: accept events, deliver them, or both. Each answers health, metrics and installation. */
export const ROLES = ['all', 'ingest', 'deliver'] as const
export type Role = (typeof ROLES)[number]

/** Opens the outbox, listens, and delivers until it is stopped. Sets V8 up for the whole process: turns a guess off, keeps the shape of ticks. [docs/adr/0014, 0016] */
export async function startServer(config: Config, world: World, role: Role = 'all'): Promise<RunningServer> {
  setFlagsFromString(NO_PRETENURING)
  keepTickShape()
  const snippets: Snippets = { s: await readSnippet('s'), 's-modules': await readSnippet('s-modules') }
  const parts = await openParts(config, world)
  try {
    await refuseUnreadableGrants({ ...world, ...parts })
    return await startOn(parts, { snippets, role })
  } catch (error) {
    await parts.store.close()
    throw error
  }
}

/** Whether this is the process that it was meant to be: what goes unnoticed otherwise is a store of its own, or another role. */
function whatStarts({ store, sites, findSite }: Config, role: Role) {
  const listed = Object.values(sites).map(({ name, portal, targets }) => ({ name, portalId: portal, targets }))
  return { version: VERSION, role, store: shownStore(store), sites: findSite ? 'found by a function' : listed }
}

async function startOn(parts: Parts, { snippets, role }: { snippets: Snippets; role: Role }): Promise<RunningServer> {
  const { config, sessions } = parts
  const log = logTo(parts.world)
  log(whatStarts(config, role), 'service.starting')
  // Whoever was blocked is blocked from the first request on.
  await sessions.denials.refresh()
  await parts.sizeLimit.look()
  const metrics = metricsOf(parts)
  const background = role === 'ingest' ? startIngestBackground(parts) : startBackground(parts, metrics)
  const stopBackground = () => Promise.all([background.delivery.stop(), background.identity.stop()])
  const app = await listen(parts, { snippets, background, metrics, isIngesting: role !== 'deliver' }).catch(async (error: unknown) => {
    await stopBackground()
    throw error
  })
  sessions.denials.start()
  const timers = [setInterval(oneAtATime(() => forgetOld(parts)), FORGET_EVERY_MS), setInterval(() => void parts.sizeLimit.look(), LOOK_EVERY_MS)]
  return {
    url: addressOf(config.host, app.server.address()),
    parts,
    async stop() {
      log({ withinMs: STOP_WITHIN_MS }, 'service.stopping')
      timers.forEach(clearInterval)
      sessions.denials.stop()
      const { promise: deadline, resolve } = Promise.withResolvers<boolean>()
      const deadlines = [
        setTimeout(() => app.server.closeAllConnections(), STOP_WITHIN_MS / 2),
        setTimeout(parts.stopWaitingForHubSpot, WAIT_FOR_HUBSPOT_MS),
        setTimeout(resolve, STOP_WITHIN_MS, false),
      ]
      const isComplete = await Promise.race([Promise.all([app.close(), stopBackground()]).then(() => true), deadline])
      deadlines.forEach(clearTimeout)
      await parts.store.close()
      parts.world.logger[isComplete ? 'info' : 'warn']({ isComplete }, 'service.stopped')
    },
  }
}

async function listen(parts: Parts, options: Parameters<typeof appParts>[1]) {
  const { host, port } = parts.config
  const app = await buildApp(appParts(parts, options))
  await app.listen({ host, port })
  return app
}

/** What takes longer than its interval is not begun again meanwhile. */
function oneAtATime(work: () => Promise<void>): () => void {
  let isRunning = false
  return () => {
    if (isRunning) return
    isRunning = true
    void work().finally(() => (isRunning = false))
  }
}

async function forgetOld({ config: { outbox }, store, world }: Parts): Promise<void> {
  const now = world.now().getTime()
  try {
    const daysAgo = (days: number) => now - days * DAY_MS
    const before = {
      deliveredBefore: daysAgo(outbox.keepDeliveredDays),
      deadBefore: daysAgo(outbox.keepDeadDays),
      identifiedBefore: daysAgo(outbox.keepIdentityDays),
    }
    const step = { now, ...before, limit: FORGET_AT_ONCE }
    while ((await store.forgetOld(step)) >= FORGET_AT_ONCE);
  } catch (error) {
    logTo(world)({ error: reasonOf(error) }, 'outbox.forget_failed')
  }
}

function addressOf(host: string, address: string | AddressInfo | null): string {
  const port = typeof address === 'object' && address ? address.port : ''
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
