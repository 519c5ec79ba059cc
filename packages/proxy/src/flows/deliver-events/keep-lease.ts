import type { Lease, Store } from '../../outbox/store.ts'

/** How long an account stays ours without a sign of life. A process that dies keeps others waiting for no longer than this. */
export const LEASE_MS = 10_000
const RENEW_EVERY_MS = 3_000

export interface LeaseKeeper {
  /** Somebody else may hold it by now. */
  isLost(): boolean
  stop(): Promise<void>
}

/** Renews a lease until it is stopped. */
export function keepLease(store: Pick<Store, 'renewLease'>, lease: Lease, now: () => Date): LeaseKeeper {
  let isLost = false
  let { until } = lease
  let renewing: Promise<void> = Promise.resolve()

  async function renew(): Promise<void> {
    const renewedUntil = now().getTime() + LEASE_MS
    try {
      if (await store.renewLease(lease, renewedUntil)) until = renewedUntil
      else isLost = true
    } catch {
      // A store that cannot be asked is no proof of a loss; time will be.
    }
  }

  const timer = setInterval(() => void (renewing = renewing.then(renew)), RENEW_EVERY_MS)
  return {
    isLost: () => isLost || now().getTime() >= until,
    stop() {
      clearInterval(timer)
      // No renewal may arrive after the release, however long the store takes.
      return renewing
    },
  }
}
