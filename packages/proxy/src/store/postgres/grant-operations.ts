import type { SealedGrant, Store, Ticket } from '../../outbox/store.ts'
import { ANY_TARGET } from '../any-target.ts'
import { readGrant, readTicket } from '../read-grant.ts'
import type { Database } from './database.ts'
import { addAccounts } from './outbox-table.ts'
import { storableText } from './transaction.ts'

const INSERT = `
  insert into grants (account, version, state, sealed, refresh_at, expires_at, problem) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict do nothing`

const UPDATE = `
  update grants set version = $2::bigint, state = $3, sealed = $4, refresh_at = $5, expires_at = $6, problem = $7, renewing_until = 0
  where account = $1 and version = $2::bigint - 1`

const END_PAUSE = 'update accounts set paused_until = 0, failures = 0 where account = $1'

/** In steps, each a transaction of its own: of an account that lacked a right for days, hundreds of thousands may wait. */
const END_WAITS = `
  with waiting as materialized (
    select seq from outbox
    where account = $1 and target in (${ANY_TARGET}) and state = 'due' and due_at > received_at and claimed_epoch is null and seq > $2
    order by seq limit $3 for update skip locked
  )
  update outbox o set due_at = o.received_at from waiting where o.account = $1 and o.seq = waiting.seq
  returning o.seq`
const WAITS_AT_ONCE = 2_000

type GrantMethods = Pick<Store, 'readGrant' | 'saveGrant' | 'claimRenewal' | 'releaseRenewal' | 'addTicket' | 'takeTicket'>

export function grantOperations(database: Database): GrantMethods {
  /** The grant is saved by now: rows that a failure leaves waiting go at their own time. */
  async function endWaits(account: number): Promise<void> {
    let after = 0
    for (let count = WAITS_AT_ONCE; count >= WAITS_AT_ONCE; ) {
      const [ended] = await database.run({ text: END_WAITS, values: [account, after, WAITS_AT_ONCE] })
      count = ended?.count ?? 0
      after = Math.max(after, ...(ended?.rows ?? []).map(({ seq }) => Number(seq)))
    }
  }

  return {
    async readGrant(account): Promise<SealedGrant | undefined> {
      const [found] = await database.run({ text: 'select * from grants where account = $1', values: [account] })
      return found?.rows[0] && readGrant(found.rows[0])
    },

    async saveGrant(grant, { endsPause } = { endsPause: false }): Promise<boolean> {
      const { account, version, state, sealed, refreshAt, expiresAt, problem } = grant
      const why = problem === undefined ? null : storableText(problem)
      const save = { text: version === 1 ? INSERT : UPDATE, values: [account, version, state, sealed, refreshAt, expiresAt, why] }
      const isSaved = await database.transaction(async ({ run, commit }) => {
        const [, saved] = await run(addAccounts([account]), save)
        const isSaved = saved?.count === 1
        await commit(...(isSaved && endsPause ? [{ text: END_PAUSE, values: [account] }] : []))
        return isSaved
      })
      if (isSaved && endsPause) await endWaits(account).catch(() => undefined)
      return isSaved
    },

    async claimRenewal({ account, version, now, until }): Promise<boolean> {
      const text = 'update grants set renewing_until = $1 where account = $2 and version = $3 and renewing_until <= $4'
      const [claimed] = await database.run({ text, values: [until, account, version, now] })
      return claimed?.count === 1
    },

    async releaseRenewal({ account, version, until }): Promise<void> {
      const text = 'update grants set renewing_until = 0 where account = $1 and version = $2 and renewing_until = $3'
      await database.run({ text, values: [account, version, until] })
    },

    async addTicket({ kind, digest, site, sealed, expiresAt }): Promise<void> {
      const text = 'insert into tickets (kind, digest, site, sealed, expires_at) values ($1, $2, $3, $4, $5)'
      await database.run({ text, values: [kind, digest, site, sealed ?? null, expiresAt] })
    },

    async takeTicket({ kind, digest, now }): Promise<Ticket | undefined> {
      const text = 'delete from tickets where kind = $1 and digest = $2 returning *'
      const [taken] = await database.run({ text, values: [kind, digest] })
      return readTicket(taken?.rows[0], now)
    },
  }
}
