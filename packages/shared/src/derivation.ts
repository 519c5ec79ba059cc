/** Days after which a moment that `elapsed(…, { by })` waits for is forgotten. */
export const DEFAULT_FORGET_AFTER_DAYS = 30

/** A moment of the same person's history. */
export interface MomentDerivation {
  readonly kind: 'previous' | 'last' | 'first'
  readonly event: string
}

/** A quantity of the same person's history. */
export interface QuantityDerivation {
  readonly kind: 'count' | 'elapsed'
  readonly event: string
  /** `elapsed` only: the property that both events share. */
  readonly by?: string
  /** `elapsed` with `by` only: days after which the earlier moment is forgotten. */
  readonly forgetAfterDays?: number
}

export type Derivation = MomentDerivation | QuantityDerivation

/**
 * When the same person's latest `event` before this one happened. No value for the first one, nor for an event that arrives
 * late: stamped on a contact it would move the date backwards.
 */
export function previous(event: string): MomentDerivation {
  return { kind: 'previous', event }
}

/** When the same person's latest `event` happened; this one counts. An event that arrives late does not move it backwards. */
export function last(event: string): MomentDerivation {
  return { kind: 'last', event }
}

/** When the same person's earliest `event` happened; this one counts. */
export function first(event: string): MomentDerivation {
  return { kind: 'first', event }
}

/** How many times the same person has done `event`; this one counts. */
export function count(event: string): QuantityDerivation {
  return { kind: 'count', event }
}

/**
 * Milliseconds since the same person's latest `event`. No value when there was none, or when it lies after this event.
 *
 * @param options.by               a property that both events carry: measures from the `event` with the same value
 * @param options.forgetAfterDays  with `by`: days after which a moment that nothing followed is forgotten, 1–365. Default 30
 */
export function elapsed(event: string, options: { by?: string; forgetAfterDays?: number } = {}): QuantityDerivation {
  if (options.by === undefined) return { kind: 'elapsed', event }
  return { kind: 'elapsed', event, by: options.by, forgetAfterDays: options.forgetAfterDays ?? DEFAULT_FORGET_AFTER_DAYS }
}
