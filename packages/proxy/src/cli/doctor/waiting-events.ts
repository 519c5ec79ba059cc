import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** What is due is sent within seconds, or its account is paused for at most an hour. */
const DUE_LONG_MS = 5 * 60_000
/** Somebody who is known anywhere has been found by then. */
const UNKNOWN_LONG_MS = 3_600_000

const NOBODY_DELIVERS = 'see that a process delivers ("trackline serve", with --role all or deliver) and that the account is connected'
const SEE_WHY = 'some are tried again later: "trackline outbox list --state due" says why'
const NOBODY_KNOWS = 'no source of the site\'s "email" knows these people: see whether the session tokens carry an email ("trackline token inspect"), or add a look-up'

/** What is stored and not delivered yet: how much, and since when. */
export async function checkWaitingEvents({ parts: { store, world } }: Examination): Promise<Finding[]> {
  const [oldest, sites] = await Promise.all([store.oldestWaiting(), store.auditBySite()])
  const count = (state: 'queued' | 'needsIdentity') => sites.reduce((sum, { stored }) => sum + stored[state], 0)
  const now = world.now().getTime()
  const [lateMs, unknownMs] = [now - (oldest.due ?? now), now - (oldest.needsIdentity ?? now)]
  return [
    judge({ waiting: count('queued'), forMs: Math.max(lateMs, now - (oldest.tried ?? now)), isWrong: lateMs >= DUE_LONG_MS, what: 'for delivery',
      remedy: lateMs >= DUE_LONG_MS ? NOBODY_DELIVERS : oldest.tried === undefined ? undefined : SEE_WHY }),
    judge({ waiting: count('needsIdentity'), forMs: unknownMs, isWrong: unknownMs >= UNKNOWN_LONG_MS, what: 'for an email',
      remedy: unknownMs >= UNKNOWN_LONG_MS ? NOBODY_KNOWS : undefined }),
  ]
}

interface Waiting {
  waiting: number
  forMs: number
  isWrong: boolean
  what: string
  remedy: string | undefined
}

function judge({ waiting, forMs, isWrong, what, remedy }: Waiting): Finding {
  if (waiting === 0) return fine(`none waits ${what}`)
  const says = `${waiting} ${waiting === 1 ? 'waits' : 'wait'} ${what}, the oldest for ${spoken(forMs)}`
  return (isWrong ? wrong : note)(says, remedy)
}

function spoken(ms: number): string {
  const minutes = ms / 60_000
  if (minutes < 2) return `${Math.max(0, Math.round(ms / 1_000))} s`
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`
}
