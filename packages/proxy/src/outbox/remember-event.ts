import type { PropertyValue } from '@trackline/shared'
import { addToMoment, deriveProperties, momentsOf } from './derive.ts'
import type { DerivationPlan, Moment } from './derive.ts'
import type { NewEvent } from './event.ts'

/** What storing each kind of event asks for, by its name. */
export type Plans = Record<string, DerivationPlan>

/** Events of a kind that is not defined any more have no plan. */
const NO_PLAN: DerivationPlan = { rememberAs: [], derived: [] }

/** Names one moment of a person on a site. */
export interface MomentKey {
  event: string
  key: string
}

export interface KeptMoment extends Moment {
  /** Milliseconds since 1970; undefined: it is kept for ever. */
  expiresAt?: number
}

/** What of an event its person's moments depend on. */
export type RememberedEvent = Pick<NewEvent, 'account' | 'site' | 'person' | 'name' | 'properties' | 'occurredAt'>

/** The moments of people, as they are while events are being stored: the table itself, or what was read of it. */
export interface Moments {
  read(of: RememberedEvent, which: MomentKey): KeptMoment | undefined
  write(of: RememberedEvent, which: MomentKey, moment: KeptMoment): void
}

/** Whether storing this kind of event reads or writes a moment at all. */
export function isRemembered(plans: Plans, name: string): boolean {
  const { rememberAs, derived } = plans[name] ?? NO_PLAN
  return rememberAs.length + derived.length > 0
}

/** Computes a new event's derived values from its person's moments, then adds the event to them. Returns all its properties. */
export function rememberEvent(event: RememberedEvent, plans: Plans, moments: Moments): Record<string, PropertyValue> {
  const plan = plans[event.name] ?? NO_PLAN
  const read = (which: MomentKey) => unlessExpired(moments.read(event, which), event.occurredAt)
  const derived = deriveProperties(event, plan, (name, key) => read({ event: name, key }))
  for (const { forgetAfterMs, ...which } of momentsOf(event.name, plan, event.properties)) {
    const after = addToMoment(read(which), event.occurredAt)
    moments.write(event, which, { ...after, ...(forgetAfterMs === undefined ? {} : { expiresAt: after.lastAt + forgetAfterMs }) })
  }
  return { ...event.properties, ...derived }
}

/** The moments that {@link rememberEvent} reads, and those that it writes (and reads) for this event. */
export function momentsTouched(event: RememberedEvent, plans: Plans): { read: MomentKey[]; written: MomentKey[] } {
  const plan = plans[event.name] ?? NO_PLAN
  const read: MomentKey[] = []
  deriveProperties(event, plan, (name, key) => void read.push({ event: name, key }))
  return { read, written: momentsOf(event.name, plan, event.properties) }
}

function unlessExpired(moment: KeptMoment | undefined, at: number): KeptMoment | undefined {
  return moment?.expiresAt !== undefined && moment.expiresAt < at ? undefined : moment
}
