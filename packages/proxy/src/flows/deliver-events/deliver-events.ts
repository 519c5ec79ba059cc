import type { Lease, Pause, Store } from '../../outbox/store.ts'
import { deliverAccount } from './deliver-account.ts'
import type { DeliverAccountParts } from './deliver-account.ts'
import { createSignal } from '../../signal.ts'
import type { Signal } from '../../signal.ts'

/** How long an account stays ours without a sign of life. A process that dies keeps others waiting for no longer than this. */
export const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000
/** An account with nothing due stays leased for this long: its next event is sent without asking for the lease first. */
const LINGER_MS = 4_000
/** Accounts that one process serves at the same time. */
const MAX_ACCOUNTS = 200
/** Another process may add work without waking us: look at least this often. */
const MAX_IDLE_MS = 2_000
/** Something failed that nothing here foresees, such as the disk: give it a moment. */
const FAILED_MS = 1_000

export interface DeliveryParts extends DeliverAccountParts {
  store: Pick<Store, 'leaseAccounts' | 'renewLease' | 'claimDue' | 'settle' | 'releaseLease' | 'nextDueAt'>
  /** This process, among all that ever run on the store. */
  owner: string
  sleep: (ms: number) => Promise<void>
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
  const accounts = new Map<number, { woken: Signal; done: Promise<void> }>()
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
    const limit = MAX_ACCOUNTS - accounts.size
    if (limit <= 0) return MAX_IDLE_MS
    const leases = await parts.store.leaseAccounts({ owner: parts.owner, now, leaseMs: LEASE_MS, limit })
    // Ours already (a clock that jumped let the lease run out): whoever serves it finds out and ends; then it is taken again.
    for (const lease of leases) accounts.has(lease.account) ? await parts.store.releaseLease(lease) : serve(lease)
    const nextDueAt = await parts.store.nextDueAt(now)
    return Math.max(1, Math.min(MAX_IDLE_MS, (nextDueAt ?? Infinity) - now))
  }

  function serve({ pause, ...lease }: Lease & { pause: Pause }): void {
    const woken = createSignal()
    const done = serveUntilIdle(lease, { failures: pause.failures, woken })
      .catch((error: unknown) => parts.sleep(failed('delivery.failed', error)))
      .finally(() => {
        accounts.delete(lease.account)
        looked.raise()
      })
    accounts.set(lease.account, { woken, done })
  }

  async function serveUntilIdle(lease: Lease, state: { failures: number; woken: Signal }): Promise<void> {
    const keeper = keepLease(lease)
    const round = { failures: state.failures, isStopping: () => isStopping || keeper.isLost() }
    try {
      while (!round.isStopping()) {
        const end = await deliverAccount(parts, lease, round)
        if (end !== 'idle' || isStopping) return
        // Where many accounts take turns, none stays without need.
        const isWoken = await state.woken.wait(accounts.size > MAX_ACCOUNTS / 2 ? 0 : LINGER_MS)
        if (!isWoken) return
      }
    } finally {
      await keeper.stop()
      await parts.store.releaseLease(lease)
    }
  }

  function keepLease(lease: Lease): { isLost: () => boolean; stop: () => Promise<void> } {
    let isLost = false
    let renewing = Promise.resolve()
    const renew = async () => {
      const until = parts.now().getTime() + LEASE_MS
      // A store that cannot be asked is no proof of a loss; the settle will tell.
      isLost ||= !(await parts.store.renewLease(lease, until).catch(() => true))
    }
    const timer = setInterval(() => (renewing = renew()), RENEW_EVERY_MS)
    const stop = () => {
      clearInterval(timer)
      // A renewal on its way must not arrive after the release.
      return renewing
    }
    return { isLost: () => isLost, stop }
  }

  function failed(story: string, error: unknown): number {
    parts.log({ error: error instanceof Error ? error.message : String(error) }, story)
    return FAILED_MS
  }

  const leasing = leaseForever()
  return {
    wake(account) {
      const served = account === undefined ? undefined : accounts.get(account)
      if (served) served.woken.raise()
      else looked.raise()
    },
    async stop() {
      isStopping = true
      looked.raise()
      for (const { woken } of accounts.values()) woken.raise()
      await leasing
      await Promise.all([...accounts.values()].map(({ done }) => done))
    },
  }
}
