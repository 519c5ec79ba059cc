import { DatabaseSync } from 'node:sqlite'

/** Accounts that the rows are spread over, numbered from 1, each with one site and a thousand people. */
export const ACCOUNTS = 200
/** This account has as many rows that wait with few rows stored as with many: batches are claimed from it. */
export const CLAIMED_ACCOUNT = ACCOUNTS + 1
const CLAIMED_ROWS = 2_000
const ROWS_A_STEP = 500_000
/** One row in twenty waits, one in a thousand is dead; the rest was delivered within the last eight days. */
const STATE = "case when i % 20 = 0 then 'due' when i % 1000 = 1 then 'dead' else 'delivered' end"
const EIGHT_DAYS_MS = 8 * 24 * 3_600_000

/**
 * Fills an outbox whose tables are there: straight through SQL, without a journal, its indexes made again at the end, since what it takes to
 * get there is not what is measured.
 *
 * The messageIds look like UUIDs and are made in ascending order, so that the index is filled from left to right; those that come under
 * load are random and fall anywhere in it.
 */
export function fillOutbox(path: string, rows: number): void {
  const database = new DatabaseSync(path)
  database.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -200000; pragma temp_store = memory')
  const indexes = takeIndexesAway(database)
  const spread = Math.floor(0xffff_ffff / rows)
  // A number of JavaScript is bound as REAL.
  const at = `cast(:now as integer) - i % ${EIGHT_DAYS_MS}`
  const insert = database.prepare(`
    with recursive numbers (i) as (select cast(:from as integer) union all select i + 1 from numbers where i < :to)
    insert into outbox (account, site, message_id, subject, target, event_id, event, state, email, properties, occurred_at,
      received_at, due_at, attempts, settled_at)
    select i * ${ACCOUNTS} / ${rows} + 1, 'site' || (i * ${ACCOUNTS} / ${rows} + 1),
      printf('%08x-%04x-4%03x-a%03x-%012x', i * ${spread}, i % 65536, i % 4096, (i * 7) % 4096, i * 2654435761 % 281474976710656),
      'user-' || (i % 1000), 'timeline-v3', printf('%043d', i), 'login', ${STATE}, 'user-' || (i % 1000) || '@example.com',
      '{"method":"sso","page":"/account/settings"}', ${at}, ${at},
      iif(i % 20 = 0, ${at}, null), iif(i % 20 = 0, 0, 1), iif(i % 20 = 0, null, ${at})
    from numbers`)
  const now = Date.now()
  for (let from = 0; from < rows; from += ROWS_A_STEP) insert.run({ from, to: Math.min(from + ROWS_A_STEP, rows) - 1, now })
  for (const index of indexes) database.exec(index)
  database.exec(`
    insert into outbox (account, site, message_id, subject, target, event_id, event, state, email, properties, occurred_at, received_at, due_at)
    select ${CLAIMED_ACCOUNT}, 'claimed', 'claimed-' || seq, subject, target, event_id, event, 'due', email, properties, occurred_at, received_at, received_at
    from outbox limit ${CLAIMED_ROWS};
    insert into accounts (account) select distinct account from outbox;
    insert into tallies (site, received, queued, delivered, dead)
    select site, count(*), sum(state = 'due'), sum(state = 'delivered'), sum(state = 'dead') from outbox group by site;
    pragma journal_mode = wal`)
  database.close()
}

/** What makes them again. Those that belong to a key stay. */
function takeIndexesAway(database: DatabaseSync): string[] {
  const indexes = database.prepare("select name, sql from sqlite_master where type = 'index' and tbl_name = 'outbox' and sql is not null").all()
  for (const { name } of indexes) database.exec(`drop index "${name}"`)
  return indexes.map(({ sql }) => String(sql))
}
