import type { Outcome } from '../../outcome.ts'
import { storableText } from './transaction.ts'

/** A row after its attempt, named as in the table. The one place that turns an outcome into a state. */
export function settledColumns({ seq, outcome, nextAttemptAt }: { seq: number; outcome: Outcome; nextAttemptAt?: number }, now: number) {
  switch (outcome.kind) {
    case 'delivered':
      return { seq, state: 'delivered', settled_at: now, attempts_given_back: 0 }
    case 'dead':
      return { seq, state: 'dead', settled_at: now, attempts_given_back: 0, ...why(outcome) }
    case 'snooze':
      return { seq, state: 'due', due_at: nextAttemptAt ?? now, attempts_given_back: 1, ...why(outcome) }
    case 'retry':
      return { seq, state: 'due', due_at: nextAttemptAt ?? now, attempts_given_back: 0, ...why(outcome) }
  }
}

function why({ code, detail }: { code: string; detail?: string }): { code: string; detail?: string } {
  return { code, ...(detail === undefined ? {} : { detail: storableText(detail) }) }
}
