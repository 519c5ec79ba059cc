import type { EventDefinition, EventDefinitions } from '@trackline/shared'

/** How long to believe that a template, or a token of it, is missing before HubSpot is asked again. */
const LOOK_AGAIN_MS = 15_000
/** How long to believe in an id: a template may be deleted and created anew in HubSpot. */
const BELIEVE_MS = 10 * 60_000

/** A template as HubSpot has it. */
export interface Template {
  id: string
  /** The names of what an event of it carries; undefined where HubSpot was not asked. */
  tokens?: ReadonlySet<string>
}

interface TemplateIdOptions {
  events: EventDefinitions
  /** Ids that the configuration gives; they are not looked up. */
  given: Readonly<Record<string, string>>
  /** Absent where nothing lets us ask. The access token is that of the account whose events are sent. */
  list: ((accessToken: string) => Promise<(Template & { name: string })[]>) | undefined
  now: () => Date
}

export interface TemplateIds {
  /** HubSpot's template of an event, by the event's label; undefined while there is none. Rejects when HubSpot cannot be asked. */
  find(eventName: string, accessToken: string): Promise<Template | undefined>
  /** Whether a template that was found was listed lately. Where not, HubSpot may have changed it since: the next `find` asks. */
  isRecent(template: Template): boolean
  /** Lets the next `find` ask HubSpot, however lately it was asked. */
  lookAgain(): void
}

/** Finds templates, and remembers them. */
export function templateIds({ events, given, list, now }: TemplateIdOptions): TemplateIds {
  let known = new Map<string, Template>()
  let askedAt = -Infinity
  let triedAt = -Infinity
  /** By access token: what HubSpot refuses one account, it may grant to another. */
  const asking = new Map<string, Promise<void>>()

  async function ask(accessToken: string): Promise<void> {
    triedAt = now().getTime()
    const templates = (await list?.(accessToken)) ?? []
    known = new Map(templates.map(({ name, ...template }) => [name, template]))
    askedAt = now().getTime()
  }

  function askOnce(accessToken: string): Promise<void> {
    const asked = asking.get(accessToken) ?? ask(accessToken).finally(() => asking.delete(accessToken))
    asking.set(accessToken, asked)
    return asked
  }

  async function find(eventName: string, accessToken: string): Promise<Template | undefined> {
    const id = given[eventName]
    if (id !== undefined || !list) return id === undefined ? undefined : { id }
    const definition = events[eventName]
    const label = definition?.label ?? eventName
    const template = known.get(label)
    const askedMsAgo = now().getTime() - askedAt
    const isFresh = askedMsAgo < BELIEVE_MS || now().getTime() - triedAt < LOOK_AGAIN_MS
    const isWhole = template !== undefined && tokenMissing(template, definition) === undefined
    if (isWhole ? isFresh : !asking.has(accessToken) && askedMsAgo < LOOK_AGAIN_MS) return template
    const asked = askOnce(accessToken)
    if (template === undefined) await asked
    // Meanwhile the old one serves: when HubSpot cannot be asked, it is all there is.
    else await asked.catch(() => undefined)
    return known.get(label)
  }

  function isRecent(template: Template): boolean {
    if (!template.tokens) return true
    const isLatest = [...known.values()].includes(template)
    if (isLatest && now().getTime() - askedAt < LOOK_AGAIN_MS) return true
    if (isLatest) lookAgain()
    return false
  }

  function lookAgain(): void {
    askedAt = triedAt = -Infinity
  }

  return { find, isRecent, lookAgain }
}

/** A property of the definition that a template has no token for: HubSpot refuses an event that carries it. */
export function tokenMissing({ tokens }: Template, definition: EventDefinition | undefined): string | undefined {
  return tokens && Object.keys(definition?.properties ?? {}).find((name) => !tokens.has(name))
}
