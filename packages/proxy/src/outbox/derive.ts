import type { Derivation, EventDefinitions, PropertyValue } from '@trackline/shared'

const DAY_MS = 24 * 3_600_000
/** A moment that is not kept by a property's value has this key. */
const UNKEYED = ''

/** What the store remembers of a person: when an event (with one value of a property) happened first and last, how often. */
export interface Moment {
  firstAt: number
  lastAt: number
  count: number
}

/** One moment to remember when an event is stored. */
export interface MomentRef {
  event: string
  /** The value of the property it is kept by; '' when it is kept for the person as a whole. */
  key: string
  /** Milliseconds after which it may be forgotten; undefined: never. */
  forgetAfterMs?: number
}

interface Derived {
  property: string
  derivation: Derivation
}

/** What storing one kind of event asks for: which of its moments to remember, and which values to compute from others. */
export interface DerivationPlan {
  rememberAs: { by?: string; forgetAfterMs?: number }[]
  derived: Derived[]
}

/** Works out, once at the start, what storing each kind of event asks for. Only what some derivation reads is remembered. */
export function planDerivations(events: EventDefinitions): Record<string, DerivationPlan> {
  const plans: Record<string, DerivationPlan> = {}
  for (const name of Object.keys(events)) plans[name] = { rememberAs: [], derived: [] }
  for (const [name, definition] of Object.entries(events)) {
    for (const [property, { derive }] of Object.entries(definition.properties ?? {})) {
      if (!derive) continue
      plans[name]?.derived.push({ property, derivation: derive })
      remember(plans[derive.event], derive)
    }
  }
  return plans
}

function remember(plan: DerivationPlan | undefined, derivation: Derivation): void {
  const by = derivation.kind === 'elapsed' ? derivation.by : undefined
  const forgetAfterMs = by !== undefined && derivation.kind === 'elapsed' ? (derivation.forgetAfterDays ?? 0) * DAY_MS : undefined
  const known = plan?.rememberAs.find((each) => each.by === by)
  if (!known) plan?.rememberAs.push({ ...(by === undefined ? {} : { by }), ...(forgetAfterMs === undefined ? {} : { forgetAfterMs }) })
  else if (forgetAfterMs !== undefined) known.forgetAfterMs = Math.max(known.forgetAfterMs ?? 0, forgetAfterMs)
}

/** The moments that an event with these properties is remembered by. */
export function momentsOf(event: string, plan: DerivationPlan, properties: Readonly<Record<string, PropertyValue>>): MomentRef[] {
  return plan.rememberAs.flatMap(({ by, forgetAfterMs }) => {
    const value = by === undefined ? UNKEYED : properties[by]
    if (value === undefined) return []
    return [{ event, key: String(value), ...(forgetAfterMs === undefined ? {} : { forgetAfterMs }) }]
  })
}

/** A moment after the event at `occurredAt` is added. What arrives late never moves `lastAt` backwards. */
export function addToMoment(before: Moment | undefined, occurredAt: number): Moment {
  if (!before) return { firstAt: occurredAt, lastAt: occurredAt, count: 1 }
  return {
    firstAt: Math.min(before.firstAt, occurredAt),
    lastAt: Math.max(before.lastAt, occurredAt),
    count: before.count + 1,
  }
}

/**
 * Computes the derived properties of an event that happens at `occurredAt`.
 *
 * @param momentBefore  a moment as it was before this event was added
 */
export function deriveProperties(
  event: { name: string; properties: Readonly<Record<string, PropertyValue>>; occurredAt: number },
  plan: DerivationPlan,
  momentBefore: (event: string, key: string) => Moment | undefined,
): Record<string, PropertyValue> {
  const values: Record<string, PropertyValue> = {}
  for (const { property, derivation } of plan.derived) {
    const key = derivation.kind === 'elapsed' && derivation.by !== undefined ? event.properties[derivation.by] : UNKEYED
    if (key === undefined) continue
    const before = momentBefore(derivation.event, String(key))
    const value = derive(derivation, { before, isSame: derivation.event === event.name, occurredAt: event.occurredAt })
    if (value !== undefined) values[property] = value
  }
  return values
}

interface Situation {
  before: Moment | undefined
  /** The derivation looks at the same kind of event as the one that is being stored. */
  isSame: boolean
  occurredAt: number
}

function derive({ kind }: Derivation, { before, isSame, occurredAt }: Situation): number | undefined {
  switch (kind) {
    case 'previous':
      return before && before.lastAt <= occurredAt ? before.lastAt : undefined
    case 'last':
      return isSame ? addToMoment(before, occurredAt).lastAt : before?.lastAt
    case 'first':
      return isSame ? addToMoment(before, occurredAt).firstAt : before?.firstAt
    case 'count':
      return (before?.count ?? 0) + (isSame ? 1 : 0)
    case 'elapsed':
      return before && before.lastAt <= occurredAt ? occurredAt - before.lastAt : undefined
  }
}
