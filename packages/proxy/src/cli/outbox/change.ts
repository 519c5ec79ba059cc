import type { Command } from 'commander'
import { changeRows, findById, rowsMatching } from '../../flows/tend-outbox.ts'
import type { Tended } from '../../flows/tend-outbox.ts'
import type { RowState, StoredRow } from '../../outbox/event.ts'
import type { Parts } from '../../parts.ts'
import { confirm } from '../confirm.ts'
import { print } from '../output.ts'
import { withParts } from '../with-parts.ts'
import { filterOf, isFiltered, withFilter } from './filter-options.ts'
import type { FilterOptions } from './filter-options.ts'

interface ChangeOptions extends FilterOptions {
  all?: boolean
  yes?: boolean
}

export function addRetry(outbox: Command): void {
  withMeant(outbox, { name: 'retry', states: ['dead'], example: 'retry --site main --code HUBSPOT_FORBIDDEN' })
    .description('have dead letters tried again: under the same HubSpot event id, their attempts counted anew')
    .option('--json', 'print { "retried": …, "leftAlone": … }')
    .action((ids: string[], options: ChangeOptions) => withParts(options.config, async (parts) => {
      const rows = await meant(parts, ids, { ...options, state: 'dead' })
      const { changed, leftAlone } = await changeRows(rows, (step) => parts.store.retryRows(step, parts.world.now().getTime()), tell('retried', options))
      print({ retried: changed, leftAlone }, options, `retried: ${changed}${leftAlone ? `; left alone, since they are not dead: ${leftAlone}` : ''}`)
    }))
}

export function addDiscard(outbox: Command): void {
  withMeant(outbox, { name: 'discard', states: ['dead', 'due', 'needs_identity'], example: 'discard --older-than 30d --yes' })
    .description('give events up for good: they leave the outbox, and stay counted as dead')
    .option('--yes', 'do not ask')
    .option('--json', 'print { "discarded": …, "leftAlone": … }')
    .action((ids: string[], options: ChangeOptions) => withParts(options.config, async (parts) => {
      const rows = await meant(parts, ids, options)
      if (!options.yes && !(await confirm(`Discard ${ids.length ? ids.join(', ') : 'all that fit'} for good?`))) return
      const { changed, leftAlone } = await changeRows(rows, (step) => parts.store.discardRows(step), tell('discarded', options))
      print({ discarded: changed, leftAlone }, options, `discarded: ${changed}${leftAlone ? `; left alone, since they are delivered or being sent: ${leftAlone}` : ''}`)
    }))
}

function withMeant(outbox: Command, { name, states, example }: { name: string; states: readonly RowState[]; example: string }): Command {
  return withFilter(outbox.command(`${name} [ids...]`), states)
    .option('--all', 'all of them, where neither an id nor another option says which')
    .addHelpText('after', `\nExample:\n  trackline outbox ${example} --config trackline.config.ts`)
}

/** @throws TypeError when nothing says which rows; Error when an id names none */
async function meant({ store, world }: Parts, ids: string[], options: ChangeOptions): Promise<AsyncIterable<StoredRow> | StoredRow[]> {
  if (ids.length === 0) {
    if (!isFiltered(options) && !options.all) throw new TypeError('--all, an id or a filter such as --site must say which events are meant')
    const now = world.now().getTime()
    return rowsMatching(store, { ...filterOf(options, now), settledBefore: now })
  }
  const found: StoredRow[] = []
  for (const id of ids) {
    const rows = await findById(store, id)
    if (rows.length === 0) throw new Error(`no event has the messageId or HubSpot event id '${id}': it was never received, or has been forgotten or discarded`)
    found.push(...rows)
  }
  return found
}

/** Long work shows how far it is: on a terminal only, so that a script reads the result alone. */
function tell(what: string, { json }: ChangeOptions): (tended: Tended) => void {
  return ({ changed }) => {
    if (!json && process.stderr.isTTY) process.stderr.write(`\r${what}: ${changed} `)
  }
}
