import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** What is due is sent within seconds, or its account is paused for at most an hour. */
const DUE_LONG_MS = 5 * 60_000
/** Somebody who is known anywhere has been found by then. */
const UNKNOWN_LONG_MS = 3_600_000

/** What is stored and not delivered yet: how much, and since when. */
export async function checkWaitingEvents({ parts: { store, world } }: Examination): Promise<Finding[]> {
  const now = world.now().getTime()
  const [oldest, sites] = await Promise.all([store.oldestWaiting(now), store.auditBySite()])
  const count = (state: 'queued' | 'needsIdentity') => sites.reduce((sum, { stored }) => sum + stored[state], 0)
  return [
    judge({ waiting: count('queued'), forMs: now - (oldest.due ?? now), longMs: DUE_LONG_MS, what: 'for delivery',
      remedy: 'see that a process delivers ("trackline serve", with --role all or deliver) and that the account is connected' }),
    judge({ waiting: count('needsIdentity'), forMs: now - (oldest.needsIdentity ?? now), longMs: UNKNOWN_LONG_MS, what: 'for an email',
      remedy: 'no source of the site\'s "email" knows these people: see whether the session tokens carry an email ("trackline token inspect"), or add a look-up' }),
  ]
}

function judge({ waiting, forMs, longMs, what, remedy }: { waiting: number; forMs: number; longMs: number; what: string; remedy: string }): Finding {
  if (waiting === 0) return fine(`none waits ${what}`)
  const says = `${waiting} ${waiting === 1 ? 'waits' : 'wait'} ${what}, the oldest for ${spoken(forMs)}`
  return forMs >= longMs ? wrong(says, remedy) : note(says)
}

function spoken(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 2) return `${Math.max(0, Math.round(ms / 1_000))} s`
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`
}
