import type { DatabaseSync } from 'node:sqlite'
import type { Settlement } from '../../outbox/store.ts'
import type { SqlRow } from '../read-row.ts'

interface SettleOptions {
  epoch: number
  now: number
}

/**
 * The one place that turns outcomes into states; rows that are finished are given back, with their site and state. Those that were
 * delivered, as most are, take one statement for all of them.
 */
export function settleStatements(database: DatabaseSync) {
  const finish = (those: string) =>
    database.prepare(`
      update outbox set state = ?, settled_at = ?, code = ?, detail = ?, due_at = null, claimed_epoch = null, abandoned = 0
      where ${those} and claimed_epoch = ? returning site, state`)
  const finishAll = finish('seq in (select value from json_each(?))')
  const finishOne = finish('seq = ?')
  const own = 'where seq = ? and claimed_epoch = ?'
  const wait = database.prepare(`
    update outbox set due_at = ?, attempts = attempts - ?, code = ?, detail = ?, claimed_epoch = null, abandoned = 0 ${own}`)
  const giveBack = database.prepare(`update outbox set attempts = attempts - 1, claimed_epoch = null ${own}`)

  function settleDelivered(rows: Settlement[], { epoch, now }: SettleOptions): SqlRow[] {
    const delivered = rows.filter(({ outcome }) => outcome.kind === 'delivered').map(({ seq }) => seq)
    return delivered.length ? finishAll.all('delivered', now, null, null, JSON.stringify(delivered), epoch) : []
  }

  function settleOther({ seq, outcome, nextAttemptAt }: Settlement, { epoch, now }: SettleOptions): SqlRow | undefined {
    switch (outcome.kind) {
      case 'delivered':
        return undefined
      case 'dead':
        return finishOne.get('dead', now, outcome.code, outcome.detail ?? null, seq, epoch)
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

  return (rows: Settlement[], options: SettleOptions): SqlRow[] => {
    const others = rows.map((row) => settleOther(row, options))
    return [...settleDelivered(rows, options), ...others.filter((row) => row !== undefined)]
  }
}
