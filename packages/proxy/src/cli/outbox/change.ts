import type { Command } from 'commander'
import { changeRows, findById, isMeant, rowsMatching } from '../../flows/tend-outbox.ts'
import type { Tended } from '../../flows/tend-outbox.ts'
import type { RowState, StoredRow } from '../../outbox/event.ts'
import type { Parts } from '../../parts.ts'
import { confirm } from '../confirm.ts'
import { withOutbox } from '../dev-option.ts'
import { print } from '../output.ts'
import { filterOf, isFiltered, spokenFilter, withFilter } from './filter-options.ts'
import type { FilterOptions } from './filter-options.ts'

interface ChangeOptions extends FilterOptions {
  all?: boolean
  yes?: boolean
}

export function addRetry(outbox: Command): void {
  withMeant(outbox, { name: 'retry', states: ['dead'], example: 'retry --site main --code HUBSPOT_FORBIDDEN' })
    .description('have dead letters tried again: under the same HubSpot event id, their attempts counted anew')
    .option('--json', 'print { "retried": …, "leftAlone": … }')
    .action((ids: string[], options: ChangeOptions) => withOutbox(options, async (parts) => {
      const { rows, unfit } = await meant(parts, ids, { ...options, state: 'dead' })
      const tended = await changeRows(rows, (step) => parts.store.retryRows(step, parts.world.now().getTime()), tell('retried', options))
      const leftAlone = tended.leftAlone + unfit
      print({ retried: tended.changed, leftAlone }, options, `retried: ${tended.changed}${leftAlone ? `; left alone, since they are not dead or do not fit: ${leftAlone}` : ''}`)
    }))
}

export function addDiscard(outbox: Command): void {
  withMeant(outbox, { name: 'discard', states: ['dead', 'due', 'needs_identity'], example: 'discard --older-than 30d --yes' })
    .description('give events up for good: they leave the outbox, and stay counted as dead')
    .option('--yes', 'do not ask')
    .option('--json', 'print { "discarded": …, "leftAlone": … }')
    .action((ids: string[], options: ChangeOptions) => withOutbox(options, async (parts) => {
      const { rows, unfit } = await meant(parts, ids, options)
      const what = ids.length ? `${ids.join(', ')} (what is ${spokenFilter(options)})` : `all events ${spokenFilter(options)},`
      if (!options.yes && !(await confirm(`Discard ${what} for good?`))) return print({ discarded: 0, leftAlone: 0 }, options, 'nothing was discarded')
      const tended = await changeRows(rows, (step) => parts.store.discardRows(step), tell('discarded', options))
      const leftAlone = tended.leftAlone + unfit
      print({ discarded: tended.changed, leftAlone }, options, `discarded: ${tended.changed}${leftAlone ? `; left alone, since they are not ${options.state}, do not fit or are being sent: ${leftAlone}` : ''}`)
    }))
}

function withMeant(outbox: Command, { name, states, example }: { name: string; states: readonly RowState[]; example: string }): Command {
  return withFilter(outbox.command(`${name} [ids...]`), states)
    .option('--all', 'all of them, where neither an id nor another option says which')
    .addHelpText('after', `\nExample:\n  trackline outbox ${example} --config trackline.config.ts`)
}

interface Meant {
  rows: AsyncIterable<StoredRow> | StoredRow[]
  /** How many rows of the given ids the options do not mean. */
  unfit: number
}

/** @throws TypeError when nothing says which rows; Error when an id names none */
async function meant({ store, world }: Parts, ids: string[], options: ChangeOptions): Promise<Meant> {
  const now = world.now().getTime()
  const filter = filterOf(options, now)
  if (ids.length === 0) {
    if (!isFiltered(options) && !options.all) throw new TypeError('--all, an id or a filter such as --site must say which events are meant')
    return { rows: rowsMatching(store, { ...filter, settledBefore: now }), unfit: 0 }
  }
  const found: StoredRow[] = []
  for (const id of ids) {
    const rows = await findById(store, id)
    if (rows.length === 0) throw new Error(`no event has the messageId or HubSpot event id '${id}': it was never received, or has been forgotten or discarded`)
    found.push(...rows)
  }
  const rows = found.filter((row) => isMeant(row, filter))
  return { rows, unfit: found.length - rows.length }
}

/** Long work shows how far it is: on a terminal only, so that a script reads the result alone. */
function tell(what: string, { json }: ChangeOptions): (tended: Tended) => void {
  return ({ changed }) => {
    if (!json && process.stderr.isTTY) process.stderr.write(`\r${what}: ${changed} `)
  }
}
