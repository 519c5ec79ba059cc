import type { EventDefinitions } from '@trackline/shared'

/** How long to believe that a template is missing before HubSpot is asked again. */
const LOOK_AGAIN_MS = 15_000
/** How long to believe in an id: a template may be deleted and created anew in HubSpot. */
const BELIEVE_MS = 10 * 60_000

interface TemplateIdOptions {
  events: EventDefinitions
  /** Ids that the configuration gives; they are not looked up. */
  given: Readonly<Record<string, string>>
  /** Absent where nothing lets us ask. The access token is that of the account whose events are sent. */
  list: ((accessToken: string) => Promise<{ id: string; name: string }[]>) | undefined
  now: () => Date
}

export interface TemplateIds {
  /** HubSpot's template id of an event, by the event's label; undefined while there is none. Rejects when HubSpot cannot be asked. */
  find(eventName: string, accessToken: string): Promise<string | undefined>
  /** Lets the next `find` ask HubSpot, however lately it was asked. */
  lookAgain(): void
}

/** Finds template ids, and remembers them. */
export function templateIds({ events, given, list, now }: TemplateIdOptions): TemplateIds {
  let known = new Map<string, string>()
  let askedAt = -Infinity
  let triedAt = -Infinity
  /** By access token: what HubSpot refuses one account, it may grant to another. */
  const asking = new Map<string, Promise<void>>()

  async function ask(accessToken: string): Promise<void> {
    triedAt = now().getTime()
    const templates = (await list?.(accessToken)) ?? []
    known = new Map(templates.map(({ name, id }) => [name, id]))
    askedAt = now().getTime()
  }

  function askOnce(accessToken: string): Promise<void> {
    const asked = asking.get(accessToken) ?? ask(accessToken).finally(() => asking.delete(accessToken))
    asking.set(accessToken, asked)
    return asked
  }

  async function find(eventName: string, accessToken: string): Promise<string | undefined> {
    const label = events[eventName]?.label ?? eventName
    if (given[eventName] !== undefined || !list) return given[eventName]
    const id = known.get(label)
    const askedMsAgo = now().getTime() - askedAt
    const isFresh = askedMsAgo < BELIEVE_MS || now().getTime() - triedAt < LOOK_AGAIN_MS
    if (id !== undefined ? isFresh : !asking.has(accessToken) && askedMsAgo < LOOK_AGAIN_MS) return id
    const asked = askOnce(accessToken)
    if (id === undefined) await asked
    // Meanwhile the old id serves: when HubSpot cannot be asked, it is all there is.
    else await asked.catch(() => undefined)
    return known.get(label)
  }

  return { find, lookAgain: () => void (askedAt = triedAt = -Infinity) }
}
