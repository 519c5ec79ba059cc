import type { DatabaseSync } from 'node:sqlite'
import type { Settlement } from '../../outbox/store.ts'
import type { SqlRow } from '../read-row.ts'

/** The one place that turns an outcome into a state; a row that is finished is given back, with its site and state. */
export function settleStatements(database: DatabaseSync) {
  const own = 'where seq = ? and claimed_epoch = ?'
  const finish = database.prepare(`
    update outbox set state = ?, settled_at = ?, code = ?, detail = ?, due_at = null, claimed_epoch = null, abandoned = 0 ${own}
    returning site, state`)
  const wait = database.prepare(`
    update outbox set due_at = ?, attempts = attempts - ?, code = ?, detail = ?, claimed_epoch = null, abandoned = 0 ${own}`)
  const giveBack = database.prepare(`update outbox set attempts = attempts - 1, claimed_epoch = null ${own}`)

  return ({ seq, outcome, nextAttemptAt }: Settlement, { epoch, now }: { epoch: number; now: number }): SqlRow | undefined => {
    switch (outcome.kind) {
      case 'delivered':
        return finish.get('delivered', now, null, null, seq, epoch)
      case 'dead':
        return finish.get('dead', now, outcome.code, outcome.detail ?? null, seq, epoch)
      case 'snooze':
        wait.run(nextAttemptAt ?? now, 1, outcome.code, outcome.detail ?? null, seq, epoch)
        return undefined
      case 'retry':
        wait.run(nextAttemptAt ?? now, 0, outcome.code, outcome.detail ?? null, seq, epoch)
        return undefined
      case 'untried':
        giveBack.run(seq, epoch)
        return undefined
    }
  }
}
