import type { Wanted } from './resolve-person.ts'
import type { TakeTurn } from './site-turns.ts'

/**
 * People held in memory. A site has as many places as it leaves free, so that one whose source is down takes half at most, and others find
 * some. Beyond them, rows are found by the rounds, without the token.
 */
const MAX_PEOPLE = 20_000
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
  /** How many people of each site. */
  const places = new Map<string, number>()
  const running = new Map<string, Promise<void>>()

  function want(wanted: Wanted, token: HeldToken | undefined): void {
    const { site } = wanted
    const key = JSON.stringify([wanted.account, site, wanted.person.subject])
    const known = people.get(key)
    if (known) {
      // The newest token lives longest.
      known.token = token ?? known.token
      if (now().getTime() >= known.nextAt) ask(key, site)
      return
    }
    const taken = places.get(site) ?? 0
    if (taken >= MAX_PEOPLE - people.size) return
    people.set(key, { wanted, token, failures: 0, nextAt: 0 })
    places.set(site, taken + 1)
    ask(key, site)
  }

  function letGo(key: string, { wanted: { site } }: AtHand): void {
    if (!people.delete(key)) return
    const left = (places.get(site) ?? 0) - 1
    if (left > 0) places.set(site, left)
    else places.delete(site)
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
    if (isResolved || !person.token || time >= person.token.expiresAt) return letGo(key, person)
    person.failures += 1
    person.nextAt = time + Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(person.failures - 1, 10))
  }

  return {
    want,
    /** Asks again for those whose time has come, and lets go of those whose token has expired. */
    askAgain(): void {
      const time = now().getTime()
      for (const [key, person] of people) {
        const { wanted, token, nextAt } = person
        if (running.has(key)) continue
        if (token && time >= token.expiresAt) letGo(key, person)
        else if (time >= nextAt) ask(key, wanted.site)
      }
    },
    /** Lets go of everybody; resolves when nobody is being asked for. */
    async stop(): Promise<void> {
      people.clear()
      places.clear()
      await Promise.all(running.values())
    },
  }
}
