import { LRUCache } from 'lru-cache'
import { reasonOf } from '../../errors.ts'
import type { RetrySchedule } from '../../outbox/retry-schedule.ts'
import type { Identity, Store } from '../../outbox/store.ts'
import { createSignal } from '../../signal.ts'
import { createPeopleAtHand } from './people-at-hand.ts'
import type { HeldToken } from './people-at-hand.ts'
import { FRESH_MS, rememberEmail, resolvePerson } from './resolve-person.ts'
import type { ResolveParts, Wanted } from './resolve-person.ts'
import { createRounds } from './rounds.ts'
import { createSiteTurns } from './site-turns.ts'

/** People asked for at a time, of all sites together and of one; the sources have narrower limits of their own. */
const TURNS = { atOnce: 100, ofOneSite: 8 }
/** Rounds are no closer than this while nothing arrives. */
const ROUND_MS = 1_000
/** Rows are given up after days: to look for them at each wake would cost more than it tells. */
const GIVE_UP_EVERY_MS = 60_000
/** Rows given up in one step; small, so that nobody waits for it. */
const GIVE_UP_AT_ONCE = 500
/** People whose email is kept in memory too: their events need not wait, nor what their tokens tell be written again. */
const MAX_KNOWN = 50_000

export interface IdentityParts extends ResolveParts {
  store: Pick<Store, 'claimUnidentified' | 'identify' | 'findIdentity' | 'giveUpUnidentified'>
  /** False: no site has a look-up or a server key, so nobody need be asked for. */
  canLookUp: boolean
  /** False: another process looks at rows that wait; this one only asks for whom it has just heard of. */
  isMakingRounds: boolean
  schedule: RetrySchedule
  seal: (token: string) => string
  open: (sealed: string) => string
}

/** A person who sent events, and the token that proved it, where a source needs one. */
export interface Heard extends Wanted {
  token?: { text: string; expiresAt: number } | undefined
}

export interface IdentityResolution {
  /** Tells whose events have just been stored. */
  hear(people: readonly Heard[]): void
  /** The email of somebody who was asked for in the last 15 minutes, in this process. */
  knownEmail(person: Wanted): string | undefined
  stop(): Promise<void>
}

/** Finds the emails that no session token told, after the 202, until it is stopped. */
export function startIdentityResolution(parts: IdentityParts): IdentityResolution {
  const signal = createSignal()
  const giveUpSometimes = createGiveUp(parts)
  const known = createKnown(parts.now)
  const onError = (error: unknown) => parts.log({ error: reasonOf(error) }, 'identity.failed')
  const resolve = async (wanted: Wanted, token: HeldToken | undefined) => {
    const identity = await resolvePerson(parts, wanted, token && parts.open(token.sealed))
    if (identity) known.set(wanted, identity)
    return identity !== undefined
  }
  const takeTurn = createSiteTurns(TURNS)
  const atHand = createPeopleAtHand({ resolve, takeTurn, onError, now: parts.now })
  const rounds = createRounds({ ...parts, takeTurn, onError })
  let isStopping = false

  async function makeRounds(): Promise<void> {
    while (!isStopping) {
      atHand.askAgain()
      const mayBeMore = parts.isMakingRounds && (await makeRound())
      if (!isStopping && !mayBeMore) await signal.wait(ROUND_MS)
    }
  }

  /** Whatever keeps some rows from being given up keeps nobody from being asked for. */
  async function makeRound(): Promise<boolean> {
    await giveUpSometimes().catch(onError)
    return parts.canLookUp && rounds.make().catch((error: unknown) => (onError(error), false))
  }

  function hear(people: readonly Heard[]): void {
    for (const { token, ...wanted } of people) {
      const { email } = wanted.person
      if (!parts.canLookUp) continue
      if (email !== undefined) tell(wanted, email)
      else atHand.want(wanted, token && { sealed: parts.seal(token.text), expiresAt: token.expiresAt })
    }
  }

  /** Remembers the email that a token told, once for a person: events that a server sends for them may come without it. */
  function tell(wanted: Wanted, email: string): void {
    const isNew = known.last(wanted) !== email
    known.set(wanted, { email, saidAt: parts.now().getTime() })
    if (isNew) rememberEmail(parts, wanted, email).catch((error: unknown) => (known.forget(wanted), onError(error)))
  }

  const making = makeRounds()
  return {
    hear,
    knownEmail: known.fresh,
    async stop() {
      isStopping = true
      signal.raise()
      await Promise.all([making, rounds.stop(), atHand.stop()])
    },
  }
}

function createKnown(now: () => Date) {
  const known = new LRUCache<string, Identity>({ max: MAX_KNOWN })
  const keyOf = ({ account, site, person }: Wanted) => JSON.stringify([account, site, person.subject])

  return {
    set: (person: Wanted, identity: Identity) => void known.set(keyOf(person), identity),
    forget: (person: Wanted) => void known.delete(keyOf(person)),
    last: (person: Wanted) => known.get(keyOf(person))?.email,
    fresh(person: Wanted): string | undefined {
      const identity = known.get(keyOf(person))
      return identity && now().getTime() - identity.saidAt < FRESH_MS ? identity.email : undefined
    },
  }
}

/** Gives up what has waited too long; does nothing when it did so less than a minute ago. */
function createGiveUp({ store, schedule, now }: IdentityParts): () => Promise<void> {
  let nextAt = 0
  return async () => {
    const time = now().getTime()
    if (time < nextAt) return
    const step = { receivedBefore: time - schedule.giveUpAfterMs, now: time, limit: GIVE_UP_AT_ONCE }
    while ((await store.giveUpUnidentified(step)) >= GIVE_UP_AT_ONCE);
    nextAt = time + GIVE_UP_EVERY_MS
  }
}
