import type { Remembered } from '../outbox/person.ts'
import type { SqlRow } from './read-row.ts'

/** A person's rows begin with an account, whichever: each that ever had an event is asked about, by the index. */
export const ANY_ACCOUNT = 'account in (select account from accounts)'

export function readRemembered(identities: readonly SqlRow[], moments: readonly SqlRow[]): Remembered {
  return {
    emails: identities.map(({ account, email, said_at }) => ({ account: Number(account), email: String(email), saidAt: Number(said_at) })),
    moments: moments.map(({ account, event, key, first_at, last_at, count }) => ({
      account: Number(account),
      event: String(event),
      key: String(key),
      firstAt: Number(first_at),
      lastAt: Number(last_at),
      count: Number(count),
    })),
  }
}
