import type { DatabaseSync } from 'node:sqlite'
import type { Row } from '../../outbox/event.ts'
import { readRow, ROW_COLUMNS } from '../read-row.ts'
import type { TalliesTable } from './tallies-table.ts'

export function identityOperations(database: DatabaseSync, tallies: TalliesTable) {
  const claim = database.prepare(`
    update outbox set due_at = ? where seq in (
      select seq from outbox where state = 'needs_identity' and due_at <= ? order by due_at limit ?)
    returning ${ROW_COLUMNS}`)
  const identify = database.prepare(`
    update outbox set state = 'due', email = ?, due_at = ?
    where account = ? and site = ? and subject = ? and state = 'needs_identity'`)
  const giveUp = database.prepare(`
    update outbox set state = 'dead', settled_at = ?, due_at = null, code = 'EMAIL_NOT_FOUND'
    where state = 'needs_identity' and received_at < ? and coalesce(retried_at, 0) < ? returning site`)

  return {
    claimUnidentified({ now, retryAt, limit }: { now: number; retryAt: number; limit: number }): Row[] {
      return claim.all(retryAt, now, limit).map(readRow)
    },
    identify(person: { account: number; site: string; subject: string; email: string; now: number }): void {
      const identified = Number(identify.run(person.email, person.now, person.account, person.site, person.subject).changes)
      if (identified) tallies.add(person.site, { needs_identity: -identified, queued: identified })
    },
    giveUpUnidentified({ receivedBefore, now }: { receivedBefore: number; now: number }): number {
      const givenUp = giveUp.all(now, receivedBefore, receivedBefore)
      tallies.addForRows(givenUp, { needs_identity: -1, dead: 1 })
      return givenUp.length
    },
  }
}
