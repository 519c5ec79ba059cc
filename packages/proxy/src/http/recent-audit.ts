import type { Audit } from '../outbox/store.ts'

/** An audit counts every row: what reads it all day long gets one that is at most this old. */
const KEEP_MS = 15_000

/** The audit as it was at most 15 seconds ago. Those who ask while it is counted share the answer; a failure is asked for again. */
export function recentAudit(audit: () => Promise<Audit>, now: () => Date): () => Promise<Audit> {
  let latest: { at: number; counts: Promise<Audit> } | undefined

  return () => {
    const time = now().getTime()
    if (latest && time - latest.at < KEEP_MS) return latest.counts
    const asked = { at: time, counts: audit() }
    asked.counts.catch(() => {
      if (latest === asked) latest = undefined
    })
    latest = asked
    return asked.counts
  }
}
