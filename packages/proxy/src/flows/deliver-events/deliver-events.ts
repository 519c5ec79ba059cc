import { reasonOf } from '../../errors.ts'
import type { Turns } from '../../hubspot/turns.ts'
import type { TargetName } from '../../outbox/event.ts'
import type { Store, TakenLease } from '../../outbox/store.ts'
import { createSignal } from '../../signal.ts'
import { deliverAccount } from './deliver-account.ts'
import { keepLease, LEASE_MS } from './keep-lease.ts'
import type { AccountState, DeliverAccountParts } from './round.ts'
import { createSuspects } from './suspects.ts'
import type { Suspect } from './suspects.ts'

/** An account with nothing due stays leased for this long: its next event is sent without asking for the lease first. */
const LINGER_MS = 4_000
/** Accounts that one process serves at the same time. */
const MAX_ACCOUNTS = 200
/** Where accounts wait for one of those places, each keeps its own for no longer than this. */
const TURN_MS = 1_000
/** Batches on their way for one account, and for all together: the accounts share them. At least two each. */
const MAX_IN_FLIGHT = 32
const MAX_IN_FLIGHT_TOGETHER = 256
/** Another process may add work without waking us: look at least this often. */
const MAX_IDLE_MS = 2_000
/** What is due may be kept from us, by another's lock or by a lease of our own that we have not noticed to be lost: do not ask hot. */
const LOOKS_APART_MS = 50
/** Something failed that nothing here foresees, such as the disk: give it a moment. */
const FAILED_MS = 1_000

export interface DeliveryParts extends DeliverAccountParts {
  store: Pick<Store, 'leaseAccounts' | 'renewLease' | 'claimDue' | 'settle' | 'releaseLease' | 'nextDueAt'>
  /** This process, among all that ever run on the store. */
  owner: string
  sleep: (ms: number) => Promise<void>
  /** Counts one account's requests, from where its last holder left off. */
  createTurns: (handover: string | undefined) => Turns
}

export interface Delivery {
  /** Something became due for an account (or, without a number, for some account). */
  wake(account?: number): void
  /** Sends what is being sent, settles it, gives the leases back. */
  stop(): Promise<void>
}

/** Delivers whatever becomes due, account by account, until it is stopped. */
export function startDelivery(parts: DeliveryParts): Delivery {
  const looked = createSignal()
  const served = new Map<number, { state: AccountState; done: Promise<void> }>()
  /** Accounts that have something due and are not served, and since when, or from when on. */
  const named = new Map<number, number>()
  /** Accounts that were named a moment ago and were not to be had. */
  const passedOver = new Set<number>()
  const suspects = createSuspects(parts.now)
  /** When to look at all accounts again; milliseconds since 1970. */
  let lookAt = -Infinity
  let isFull = false
  let isStopping = false

  async function leaseForever(): Promise<void> {
    while (!isStopping) {
      const waitMs = await leaseOnce().catch((error: unknown) => failed('delivery.lease_failed', error))
      if (!isStopping) await looked.wait(waitMs)
    }
  }

  /** Starts to serve accounts that have something due; says how long nothing more will be. */
  async function leaseOnce(): Promise<number> {
    const now = parts.now().getTime()
    const suspect = suspects.next()
    if (suspect) return leaseAlone(suspect, now)
    const limit = MAX_ACCOUNTS - served.size
    isFull = limit <= 0
    if (isFull) return MAX_IDLE_MS
    // To ask for those that were named costs the same however many accounts there are; to look at all does not.
    const isLook = now >= lookAt || lookAt > now + MAX_IDLE_MS
    const among = [...named].filter(([account, at]) => isLook || (at <= now && !passedOver.has(account))).map(([account]) => account)
    among.forEach((account) => named.delete(account))
    if (isLook || among.length) await lease({ now, limit, ...(isLook ? {} : { among }) })
    passOver(among.filter((account) => !served.has(account) && !passedOver.has(account)))
    if (isLook) lookAt = now + Math.max(LOOKS_APART_MS, Math.min(MAX_IDLE_MS, ((await parts.store.nextDueAt(now)) ?? Infinity) - now))
    const askAt = [...named].filter(([account]) => !passedOver.has(account)).map(([, at]) => at)
    return Math.max(1, Math.min(lookAt, ...askAt) - now)
  }

  /** Another process serves them, most likely: for a moment, each event that comes for them would ask in vain. */
  function passOver(accounts: number[]): void {
    if (accounts.length === 0) return
    for (const account of accounts) passedOver.add(account)
    void parts.sleep(LOOKS_APART_MS).then(() => {
      for (const account of accounts) passedOver.delete(account)
      if (accounts.some((account) => named.has(account))) looked.raise()
    })
  }

  async function leaseAlone({ account, target }: Suspect, now: number): Promise<number> {
    if (served.size === 0) await lease({ now, limit: 1, among: [account] }, target)
    if (served.size) return suspects.leftMs()
    // It waits, or another process has it: whoever claims those events next will see again what they did.
    suspects.remove(account)
    return 1
  }

  async function lease(options: { now: number; limit: number; among?: number[] }, aloneFor?: TargetName): Promise<void> {
    const leases = await parts.store.leaseAccounts({ owner: parts.owner, leaseMs: LEASE_MS, ...options })
    // Ours already (a clock that jumped let the lease run out): whoever serves it finds out and ends; then it is taken again.
    for (const taken of leases) served.has(taken.account) ? await parts.store.releaseLease(taken) : serve(taken, aloneFor)
    isFull = leases.length >= options.limit
  }

  function serve({ pause, handover, ...lease }: TakenLease, aloneFor?: TargetName): void {
    const keeper = keepLease(parts.store, lease, parts.now)
    const { account } = lease
    const yieldAt = parts.now().getTime() + TURN_MS
    const isLate = () => isFull && parts.now().getTime() >= yieldAt
    const state: AccountState = {
      ...{ lease, failures: pause.failures, news: createSignal(), hasDue: true, dueAgainAt: Infinity },
      turns: parts.createTurns(handover),
      ...{ aloneFor, suspect: undefined },
      isStopping: () => isStopping || (!aloneFor && (suspects.next() !== undefined || isLate())),
      isEnding: () => isStopping,
      mayBeAlone: suspects.mayBeAlone,
      isLost: keeper.isLost,
      // Where many accounts take turns, none stays without need.
      lingerMs: () => (aloneFor || served.size > MAX_ACCOUNTS / 2 ? 0 : LINGER_MS),
      mostInFlight: () => Math.max(2, Math.min(MAX_IN_FLIGHT, Math.floor(MAX_IN_FLIGHT_TOGETHER / served.size))),
    }
    const done = deliverAccount(parts, state)
      .then((end) => {
        if (end === 'paused') state.hasDue = false
        // Who waits cannot be served alone now.
        if (end !== 'idle') state.suspect = undefined
      })
      .catch((error: unknown) => parts.sleep(failed('delivery.failed', error)))
      .then(() => keeper.stop())
      .then(() => parts.store.releaseLease(lease, state.turns.handover()))
      .catch((error: unknown) => void failed('delivery.release_failed', error))
      .finally(() => ended(account, state))
    served.set(account, { state, done })
  }

  function ended(account: number, { hasDue, dueAgainAt, aloneFor, suspect }: AccountState): void {
    served.delete(account)
    if (aloneFor) suspects.remove(account)
    if (suspect) standAside({ account, target: suspect })
    // What is due after the next look at all will be found by that.
    if (hasDue) named.set(account, 0)
    else if (dueAgainAt <= lookAt) named.set(account, dueAgainAt)
    if (isFull) lookAt = -Infinity
    looked.raise()
  }

  /** All others give back what they have not sent, so that it is served alone. */
  function standAside(suspect: Suspect): void {
    suspects.add(suspect)
    for (const { state } of served.values()) state.news.raise()
  }

  function failed(story: string, error: unknown): number {
    parts.log({ error: reasonOf(error) }, story)
    return FAILED_MS
  }

  const leasing = leaseForever()
  return {
    wake(account) {
      const state = account === undefined ? undefined : served.get(account)?.state
      if (state) {
        state.hasDue = true
        state.news.raise()
        return
      }
      if (account === undefined) lookAt = -Infinity
      else named.set(account, 0)
      looked.raise()
    },
    async stop() {
      isStopping = true
      looked.raise()
      for (const { state } of served.values()) state.news.raise()
      await leasing
      await Promise.all([...served.values()].map(({ done }) => done))
    },
  }
}
