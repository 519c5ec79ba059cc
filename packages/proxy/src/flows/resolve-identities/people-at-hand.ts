import type { Wanted } from './resolve-person.ts'
import type { TakeTurn } from './site-turns.ts'

/** People held in memory. Beyond them, rows are found by the rounds, without the token. */
const MAX_PEOPLE = 10_000
const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 60_000

/** A token on its way through memory: what a look at the memory would find is sealed. */
export interface HeldToken {
  sealed: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

interface AtHand {
  wanted: Wanted
  token: HeldToken | undefined
  failures: number
  /** Milliseconds since 1970. */
  nextAt: number
}

export interface PeopleParts {
  resolve: (wanted: Wanted, token: HeldToken | undefined) => Promise<boolean>
  takeTurn: TakeTurn
  onError: (error: unknown) => void
  now: () => Date
}

/**
 * The people whose events have just arrived, each asked for at once; those whose token is needed, again and again until it expires. Lives
 * in memory: after a restart their rows wait for the person's next token, or for another source.
 */
export function createPeopleAtHand({ resolve, takeTurn, onError, now }: PeopleParts) {
  const people = new Map<string, AtHand>()
  const running = new Map<string, Promise<void>>()

  function want(wanted: Wanted, token: HeldToken | undefined): void {
    const key = JSON.stringify([wanted.account, wanted.site, wanted.person.subject])
    const known = people.get(key)
    if (known) {
      // The newest token lives longest.
      known.token = token ?? known.token
      if (now().getTime() >= known.nextAt) ask(key, wanted.site)
      return
    }
    if (people.size >= MAX_PEOPLE) return
    people.set(key, { wanted, token, failures: 0, nextAt: 0 })
    ask(key, wanted.site)
  }

  function ask(key: string, site: string): void {
    if (running.has(key)) return
    running.set(key, takeTurn(site, () => askNow(key)).finally(() => running.delete(key)))
  }

  async function askNow(key: string): Promise<void> {
    const person = people.get(key)
    if (!person) return
    const isResolved = await resolve(person.wanted, person.token).catch((error: unknown) => {
      onError(error)
      return false
    })
    const time = now().getTime()
    // Without a token the rounds do as well.
    if (isResolved || !person.token || time >= person.token.expiresAt) return void people.delete(key)
    person.failures += 1
    person.nextAt = time + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(person.failures - 1, 10))
  }

  return {
    want,
    /** Asks again for those whose time has come, and lets go of those whose token has expired. */
    askAgain(): void {
      const time = now().getTime()
      for (const [key, { wanted, token, nextAt }] of people) {
        if (running.has(key)) continue
        if (token && time >= token.expiresAt) people.delete(key)
        else if (time >= nextAt) ask(key, wanted.site)
      }
    },
    /** Lets go of everybody; resolves when nobody is being asked for. */
    async stop(): Promise<void> {
      people.clear()
      await Promise.all(running.values())
    },
  }
}
