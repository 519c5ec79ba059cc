import type { DatabaseSync } from 'node:sqlite'
import type { Settlement } from '../../outbox/store.ts'
import type { SqlRow } from '../read-row.ts'

/**
 * The one place that turns outcomes into states; rows that are finished are given back, with their site and state. What nothing more is to
 * be said of (delivered, as most are, or given back unsent) takes one statement for all rows.
 */
export function settleStatements(database: DatabaseSync) {
  const finish = (values: string, those: string) =>
    database.prepare(`
      update outbox set ${values}, settled_at = ?, due_at = null, claimed_epoch = null, abandoned = 0
      where ${those} and claimed_epoch = ? returning site, state`)
  const [one, all] = ['seq = ?', 'seq in (select value from json_each(?))']
  const deliver = finish("state = 'delivered', code = null, detail = null", all)
  const bury = finish("state = 'dead', code = ?, detail = ?", one)
  const wait = database.prepare(`
    update outbox set due_at = ?, attempts = attempts - ?, code = ?, detail = ?, claimed_epoch = null, abandoned = 0 where ${one} and claimed_epoch = ?`)
  const giveBack = database.prepare(`update outbox set attempts = attempts - 1, claimed_epoch = null where ${all} and claimed_epoch = ?`)

  return (rows: Settlement[], { epoch, now }: { epoch: number; now: number }): SqlRow[] => {
    const seqsOf = (kind: 'delivered' | 'untried') => JSON.stringify(rows.filter(({ outcome }) => outcome.kind === kind).map(({ seq }) => seq))
    const finished: SqlRow[] = deliver.all(now, seqsOf('delivered'), epoch)
    giveBack.run(seqsOf('untried'), epoch)
    for (const { seq, outcome, nextAttemptAt = now } of rows) {
      if (outcome.kind === 'delivered' || outcome.kind === 'untried') continue
      const { kind, code, detail = null } = outcome
      if (kind === 'dead') finished.push(...bury.all(code, detail, now, seq, epoch))
      else wait.run(nextAttemptAt, kind === 'snooze' ? 1 : 0, code, detail, seq, epoch)
    }
    return finished
  }
}
