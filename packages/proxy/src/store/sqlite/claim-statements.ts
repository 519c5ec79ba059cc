import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import type { Row, TargetName } from '../../outbox/event.ts'
import type { Lease, Place } from '../../outbox/store.ts'
import { claimableOf } from '../../outbox/suspicion.ts'
import { namedRow, readRow, ROW_COLUMNS } from '../read-row.ts'

const FROM_THE_START: Place = { dueAt: -1, seq: -1 }

/** Reads the rows that are due, in their order, and marks them as claimed: this thread is the only one that writes. */
export function claimStatements(database: DatabaseSync) {
  const due = database.prepare(`
    select claimed_epoch is not null, ${ROW_COLUMNS} from outbox
    where account = :account and target = :target and state = 'due' and due_at <= :now and (due_at, seq) > (:afterDue, :afterSeq)
      and (claimed_epoch is null or claimed_epoch < :epoch)
    order by due_at, seq limit :limit`)
  // The objects that Node makes of rows take twice as long to make and to read.
  due.setReturnArrays(true)
  const mark = database.prepare(`
    update outbox set attempts = attempts + 1, abandoned = abandoned + (claimed_epoch is not null), claimed_epoch = ?
    where seq in (select value from json_each(?))`)

  return ({ account, epoch }: Lease, { target, now, limit, after = FROM_THE_START }: { target: TargetName; now: number; limit: number; after?: Place }): Row[] => {
    const found = due.all({ account, epoch, target, now, limit, afterDue: after.dueAt, afterSeq: after.seq }) as unknown[] as SQLOutputValue[][]
    const rows = found.map(([isAbandoned, ...values]) => {
      const read = readRow(namedRow(values))
      read.attempt += 1
      read.abandoned += Number(isAbandoned)
      return read
    })
    const claimed = rows.slice(0, claimableOf(rows, limit))
    if (claimed.length) mark.run(epoch, JSON.stringify(claimed.map(({ seq }) => seq)))
    return claimed.sort((a, b) => a.seq - b.seq)
  }
}
