import { setTimeout as pause } from 'node:timers/promises'
import type { Stage } from './open-stage.ts'
import { readAudit } from './read-audit.ts'
import type { Audit } from './read-audit.ts'
import { openLedger, sendUnderFire } from './send-under-fire.ts'
import type { Ledger, Load, Sender, Visitor } from './send-under-fire.ts'
import type { TimelineEvent } from './drive-hubspot.ts'
import { serveProxy } from './serve-proxy.ts'
import { waitUntil } from './wait-until.ts'

const MAX_MOMENT_MS = 60
/** What HubSpot takes for an answer: a kill meets a request on its way more often. */
const HUBSPOT_DELAY_MS = 25
const FIRST_ACCOUNT = 62515
/** A slow machine, and a proxy that starts. */
const ANSWERS_WITHIN_MS = 120_000

export interface Killing {
  stage: Stage
  random: Sender['random']
  /** A process that dies leaves its account leased for 10 s: with several, deliveries go on all the time, and are killed too. */
  accounts: number
  senders: number
  load: Load
  kills: number
  /** Most events that are accepted between a start and the kill. */
  maxEventsBetween: number
  /** Done between the kill and the start. */
  whileDead?: () => void
  /** Told after each kill. */
  onKill?: (kill: number, ledger: Ledger) => void
}

/** Kills the proxy again and again while events come in, then waits until everything is delivered. */
export async function killAgainAndAgain(killing: Killing, drainWithinMs: number): Promise<Ledger> {
  const { stage, senders, kills } = killing
  const ledger = openLedger()
  await stage.hubspot.fail({ delayMs: HUBSPOT_DELAY_MS, next: 1_000_000 })
  let isDone = false
  const sender = { ...killing, ledger, isDone: () => isDone }
  const fired = Promise.all(Array.from({ length: senders }, () => sendUnderFire(sender)))
  const killed = (async () => {
    for (let kill = 1; kill <= kills; kill++) await killOnce(killing, ledger, kill)
  })().finally(() => (isDone = true))
  await Promise.all([fired, killed])

  await stage.hubspot.recover()
  await settled(stage, ledger, drainWithinMs)
  return ledger
}

/** Waits until nothing is queued. The metrics may be some seconds old: they must know of all that was accepted. */
export async function settled({ proxyUrl }: Stage, { accepted }: Ledger, withinMs: number): Promise<void> {
  const isSettled = ({ queued, delivered, dead }: Audit) => queued === 0 && delivered + dead >= accepted.size
  await waitUntil('every event is delivered', async () => isSettled(await readAudit(proxyUrl)), withinMs)
}

async function killOnce({ stage, random, maxEventsBetween, whileDead, onKill }: Killing, ledger: Ledger, kill: number): Promise<void> {
  const killAfter = ledger.accepted.size + random.between(1, maxEventsBetween)
  await waitUntil(`answers go on after kill ${kill - 1}`, () => ledger.accepted.size >= killAfter, ANSWERS_WITHIN_MS)
  await pause(random.between(0, MAX_MOMENT_MS))
  const ended = await stage.proxy.end('SIGKILL')
  if (ended !== 'SIGKILL') throw new Error(`the proxy ended with ${ended} before kill ${kill}:\n${stage.proxy.output()}`)
  whileDead?.()
  stage.proxy = await serveProxy(stage.env)
  onKill?.(kill, ledger)
}

/** What HubSpot has, set against what was promised. */
export interface Found {
  accepted: number
  delivered: number
  /** Accepted, and not at HubSpot. */
  missing: string[]
  /** At HubSpot, and never accepted; or on another contact or account than the one it was accepted for. */
  strange: string[]
  /** Of one event id there are two. */
  twice: string[]
  redelivered: number
  /** People that nobody sent an event of. */
  strangers: number
  audit: Audit
}

/** Compares, for each event id, what was answered 202 with what the emulator has. */
export async function compareWithHubSpot(stage: Stage, ledger: Ledger): Promise<Found> {
  const unseen = new Map(ledger.accepted)
  const found: Found = {
    ...{ accepted: unseen.size, delivered: 0, missing: [], strange: [], twice: [], redelivered: 0, strangers: 0 },
    audit: await readAudit(stage.proxyUrl),
  }
  const emails = new Set([...ledger.accepted.values()].map(({ email }) => email))
  const ids = new Set<string>()
  for (const email of emails) {
    for (const event of await stage.hubspot.events(email)) {
      const { id, writes, tokens: { transactionId = '' } } = event
      const visitor = unseen.get(transactionId)
      unseen.delete(transactionId)
      found.delivered += 1
      if (writes > 1) found.redelivered += 1
      if (ids.has(id)) found.twice.push(id)
      ids.add(id)
      if (!visitor || !isFor(visitor, event)) found.strange.push(transactionId)
    }
  }
  found.missing.push(...unseen.keys())
  found.strangers = (await stage.hubspot.contacts()).filter(({ email }) => !emails.has(email)).length
  return found
}

function isFor(visitor: Visitor, { email, portalId }: TimelineEvent): boolean {
  const site = Number(visitor.site.replace('main', '1').replace('site-', ''))
  return email === visitor.email && portalId === FIRST_ACCOUNT + site - 1
}
