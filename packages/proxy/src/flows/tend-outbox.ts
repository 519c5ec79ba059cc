import type { RowState, StoredRow, TargetName } from '../outbox/event.ts'
import type { ListedRow, PageMark, Store } from '../outbox/store.ts'

/** Rows looked at, or changed, in one step: small, so that a service beside us is never kept waiting. */
const STEP = 500
/** A HubSpot event id of ours: a SHA-256 in base64url. */
const EVENT_ID = /^[\w-]{43}$/

/** Which rows are meant; what is left out is any. */
export interface RowFilter {
  state: RowState
  site?: string | undefined
  account?: number | undefined
  event?: string | undefined
  target?: TargetName | undefined
  code?: string | undefined
  /** Milliseconds since 1970. */
  receivedBefore?: number | undefined
  /** What is settled later, such as what has died anew meanwhile, is not meant. */
  settledBefore?: number | undefined
}

/** The rows that a filter means, in the order of their state's list, read step by step. */
export async function* rowsMatching(store: Pick<Store, 'listRows'>, filter: RowFilter, after?: PageMark): AsyncGenerator<ListedRow> {
  let mark = after
  for (;;) {
    const rows = await store.listRows({ state: filter.state, limit: STEP, ...(mark ? { after: mark } : {}) })
    for (const row of rows) if (isMeant(row, filter)) yield row
    if (rows.length < STEP) return
    mark = rows.at(-1)?.mark
  }
}

export function isMeant(row: StoredRow, { state, site, account, event, target, code, receivedBefore = Infinity, settledBefore = Infinity }: RowFilter): boolean {
  const equals = [[state, row.state], [site, row.site], [account, row.account], [event, row.event], [target, row.target], [code, row.code]]
  if (equals.some(([wanted, got]) => wanted !== undefined && wanted !== got)) return false
  return row.receivedAt < receivedBefore && (row.settledAt ?? 0) < settledBefore
}

/** The rows of a messageId, or of a HubSpot event id: the first is asked first, since an index finds it. */
export async function findById(store: Pick<Store, 'findRows'>, id: string): Promise<StoredRow[]> {
  const rows = await store.findRows({ messageId: id })
  if (rows.length || !EVENT_ID.test(id)) return rows
  return store.findRows({ eventId: id })
}

/** How many rows were changed, and how many of those meant were not: somebody was faster, or they are being sent. */
export interface Tended {
  changed: number
  leftAlone: number
}

/** Changes rows in small steps, and tells of each. */
export async function changeRows(
  rows: AsyncIterable<StoredRow> | Iterable<StoredRow>,
  change: (step: StoredRow[]) => Promise<number>,
  onStep: (tended: Tended) => void = () => undefined,
): Promise<Tended> {
  const tended = { changed: 0, leftAlone: 0 }
  let step: StoredRow[] = []
  const changeStep = async () => {
    const changed = await change(step)
    tended.changed += changed
    tended.leftAlone += step.length - changed
    step = []
    onStep(tended)
  }
  for await (const row of rows) if (step.push(row) === STEP) await changeStep()
  if (step.length) await changeStep()
  return tended
}
