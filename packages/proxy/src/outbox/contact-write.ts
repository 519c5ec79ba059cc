import { hash } from 'node:crypto'
import type { Property, PropertyValue } from '@trackline/shared'

/** A value that an event writes to a contact, and where it stands among the others that are written there. */
export interface ContactWrite {
  /** The contact, see {@link contactKey}. */
  contact: string
  /** What it competes with: other writes under the same name. */
  name: string
  /** The write with the highest rank stands; of several, the one with the highest `seq`. */
  rank: number
  seq: number
}

/** A contact without its email: HubSpot finds it by the email and knows no difference of case. */
export function contactKey(email: string): string {
  return hash('sha256', email.toLowerCase(), 'base64url')
}

/**
 * Where a value stands among those of the same contact property. Events are not delivered in the order in which they happened, nor do
 * they always arrive in it: what is told of the latest event stands. A count and a last time only grow and a first time only moves back, so
 * they are ranked by themselves: what arrives late is counted last although it happened first.
 */
export function rankOf({ derive, contactProperty = '' }: Property, value: PropertyValue, occurredAt: number): Pick<ContactWrite, 'name' | 'rank'> {
  // A value of before the definition was changed may be no number.
  if (!Number.isSafeInteger(value)) return { name: contactProperty, rank: occurredAt }
  if (derive?.kind === 'count') return { name: `${contactProperty} count`, rank: Number(value) }
  if (derive?.kind === 'last') return { name: contactProperty, rank: Number(value) }
  if (derive?.kind === 'first') return { name: `${contactProperty} first`, rank: -Number(value) }
  return { name: contactProperty, rank: occurredAt }
}

/** Whether a write must not follow another one that was made under the same name. */
export function isOlder(write: Pick<ContactWrite, 'rank' | 'seq'>, than: Pick<ContactWrite, 'rank' | 'seq'>): boolean {
  return write.rank < than.rank || (write.rank === than.rank && write.seq < than.seq)
}
