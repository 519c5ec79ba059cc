import type { EventDefinitions } from '@trackline/shared'
import type { Row } from '../outbox/event.ts'
import type { Outcome } from '../outcome.ts'
import { classifyResponse } from './classify-response.ts'
import { HubSpotRefusal } from './definitions/ask-hubspot.ts'
import type { Delivery } from './target.ts'
import type { Template } from './template-ids.ts'

/** HubSpot has no type for this event yet. */
export const TYPE_MISSING = { kind: 'retry', code: 'EVENT_TYPE_MISSING' } as const satisfies Outcome

/** What says nothing of who asks, and passes. */
const PASSING: ReadonlySet<string> = new Set(['HUBSPOT_RATE_LIMITED', 'HUBSPOT_DAILY_LIMIT', 'HUBSPOT_UNAVAILABLE', 'HUBSPOT_ANSWER_UNREADABLE'])

/**
 * Another process of the same store may have taken events, or properties of them, that this one does not know yet. What is to be sent of them
 * is not known either, so they wait for one that does; nothing is said of the others. Undefined: all are known.
 */
export function waitForDefinitions(rows: Row[], events: EventDefinitions): Delivery | undefined {
  const outcomes = rows.map((row) => undefinedOf(row, events)).map((what) => (what === undefined ? undefined : notDefined(what)))
  return outcomes.some((outcome) => outcome) ? { kind: 'each', outcomes } : undefined
}

/** What there is no definition of. */
function undefinedOf({ name, properties }: Row, events: EventDefinitions): string | undefined {
  const definition = Object.hasOwn(events, name) ? events[name] : undefined
  if (!definition) return 'event'
  const property = Object.keys(properties).find((each) => !Object.hasOwn(definition.properties ?? {}, each))
  return property === undefined ? undefined : `property '${property}'`
}

function notDefined(what: string): Outcome {
  return { ...TYPE_MISSING, detail: `this process has no definition of the ${what}: it began before there was one, or the definition was removed` }
}

/** HubSpot's type of each row, undefined where it has none; or what it means that HubSpot could not be asked. */
export async function lookUpTypes(rows: Row[], find: (eventName: string) => Promise<Template | undefined>): Promise<(Template | undefined)[] | Outcome> {
  try {
    return await Promise.all(rows.map((row) => find(row.name)))
  } catch (error) {
    return cannotAsk(error)
  }
}

function cannotAsk(error: unknown): Outcome {
  const detail = error instanceof Error ? error.message : String(error)
  if (!(error instanceof HubSpotRefusal)) return { kind: 'retry', code: 'HUBSPOT_UNAVAILABLE', detail }
  const { status, body, headers } = error.answer
  const outcome = classifyResponse(status, body, headers.get('retry-after'))
  if (outcome.kind !== 'delivered' && PASSING.has(outcome.code)) return { ...outcome, detail }
  // A developer key that is not good any more, a scope for templates or an app that is missing: this target's trouble. The others go on.
  return { kind: 'retry', code: 'HUBSPOT_FORBIDDEN', detail }
}
