import type { MessageResult } from '@trackline/shared'

/** A busy site sends thousands of requests a second; how many events each carried is nothing a person reads. */
const WRITE_EVERY_MS = 1_000

type Counts = Record<MessageResult['status'], number> & { requests: number }

/**
 * What was received, in one line a second for each site that sent something.
 *
 * @returns flush: writes what is counted now, at the end of the service
 */
export function createReceivedLog(log: (line: Record<string, unknown>, story: string) => void) {
  const counts = new Map<string, Counts>()
  let timer: NodeJS.Timeout | undefined

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    for (const [site, ofSite] of counts) log({ site, ...ofSite }, 'events.received')
    counts.clear()
  }

  return {
    count(site: string, results: readonly MessageResult[]): void {
      const ofSite = counts.get(site) ?? { requests: 0, queued: 0, duplicate: 0, rejected: 0 }
      ofSite.requests += 1
      for (const { status } of results) ofSite[status] += 1
      counts.set(site, ofSite)
      timer ??= setTimeout(flush, WRITE_EVERY_MS).unref()
    },
    flush,
  }
}
