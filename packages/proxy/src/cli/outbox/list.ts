import type { Command } from 'commander'
import { hashOfSubject } from '../../flows/explain-event.ts'
import { rowsMatching } from '../../flows/tend-outbox.ts'
import type { RowState } from '../../outbox/event.ts'
import type { ListedRow, PageMark } from '../../outbox/store.ts'
import { withoutEmails } from '../../outbox/without-emails.ts'
import type { Parts } from '../../parts.ts'
import { firstMark } from '../../store/row-order.ts'
import { withOutbox } from '../dev-option.ts'
import { print } from '../output.ts'
import { filterOf, isFiltered, withFilter } from './filter-options.ts'
import type { FilterOptions } from './filter-options.ts'

const STATES: readonly RowState[] = ['dead', 'due', 'needs_identity', 'delivered']
const NONE: Readonly<Record<RowState, string>> = {
  dead: 'there are no dead letters',
  due: 'nothing waits for delivery',
  needs_identity: 'nothing waits for an email',
  delivered: 'no delivered event is remembered',
}
const DEFAULT_LIMIT = 50
const MAX_LIMIT = 1_000

interface ListOptions extends FilterOptions {
  limit: number
  after?: ListMark
  showEmails?: boolean
}

/** Where a list ended. Each state has an order of its own, so a mark holds for the lists of one. */
interface ListMark {
  state: RowState
  mark: PageMark
}

export function addList(outbox: Command): void {
  withFilter(outbox.command('list'), STATES)
    .description('list dead letters, or events in another state, in the order in which they were settled or are tried next; what is due, for each account and target')
    .option('--limit <number>', `at most so many, 1–${MAX_LIMIT}`, readLimit, DEFAULT_LIMIT)
    .option('--after <mark>', 'go on where a list of the same state ended', readMark)
    .option('--show-emails', 'show emails in clear')
    .option('--json', 'print { "rows": […], "next"?: mark for --after }')
    .addHelpText('after', '\nExample:\n  trackline outbox list --config trackline.config.ts --site main --older-than 1h')
    .action((options: ListOptions) => {
      const after = markFor(options)
      return withOutbox(options, (parts) => list(parts, options, after))
    })
}

async function list({ store, world }: Parts, options: ListOptions, after: PageMark | undefined): Promise<void> {
  const filter = filterOf(options, world.now().getTime())
  const rows: ListedRow[] = []
  // One more than is shown: then there is a next page.
  for await (const row of rowsMatching(store, filter, after)) if (rows.push(row) > options.limit) break
  const page = rows.slice(0, options.limit)
  const next = rows.length > options.limit ? writeMark(page.at(-1)) : undefined
  const shown = page.map((row) => toShown(row, options.showEmails ?? false))
  print({ rows: shown, ...(next === undefined ? {} : { next }) }, options, forPeople(shown, options, next))
}

function markFor({ state, after }: ListOptions): PageMark | undefined {
  if (after === undefined || after.state === state) return after?.mark
  throw new TypeError(`--after: the mark belongs to a list with --state ${after.state}, this one has --state ${state}: go on with the former, or leave --after out`)
}

type Shown = ReturnType<typeof toShown>

function toShown(row: ListedRow, isWithEmails: boolean) {
  const { person, detail, code, settledAt, nextAttemptAt } = row
  return {
    ...{ eventId: row.eventId, messageId: row.messageId, event: row.event, site: row.site, account: row.account, target: row.target },
    ...{ state: row.state, attempts: row.attempts, subject: hashOfSubject(person.subject), receivedAt: iso(row.receivedAt) },
    ...(isWithEmails && person.email !== undefined ? { email: person.email } : {}),
    ...(settledAt === undefined ? {} : { settledAt: iso(settledAt) }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: iso(nextAttemptAt) }),
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail: isWithEmails ? detail : withoutEmails(detail) }),
  }
}

function forPeople(rows: Shown[], options: ListOptions, next: string | undefined): string {
  if (rows.length === 0) return isFiltered(options) ? `nothing is ${options.state} that fits` : NONE[options.state]
  const lines = rows.flatMap((row) => [
    `${row.receivedAt}  ${row.event} → ${row.target} of account ${row.account}, site ${row.site}, person ${row.email ?? row.subject}, attempts ${row.attempts}`,
    `  messageId ${row.messageId}, HubSpot event id ${row.eventId}${row.code === undefined ? '' : `  ${row.code}`}${row.detail === undefined ? '' : `: ${row.detail}`}`,
  ])
  return [...lines, ...(next === undefined ? [] : [`more: --after ${next}`])].join('\n')
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}

function readLimit(text: string): number {
  const limit = Number(text)
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_LIMIT) return limit
  throw new TypeError(`--limit must be a number from 1 to ${MAX_LIMIT}: got '${text}'`)
}

function writeMark(row: ListedRow | undefined): string {
  return Buffer.from(JSON.stringify(row && [row.state, ...row.mark])).toString('base64url')
}

function readMark(text: string): ListMark {
  try {
    const [written, ...mark]: (number | string)[] = JSON.parse(Buffer.from(text, 'base64url').toString())
    const state = STATES.find((each) => each === written)
    if (state && isLike(firstMark(state), mark)) return { state, mark }
  } catch {
    // Not of ours: said below.
  }
  throw new TypeError(`--after must be the mark that a list ended with: got '${text}'`)
}

function isLike(first: PageMark, mark: PageMark): boolean {
  return mark.length === first.length && mark.every((part, index) => typeof part === typeof first[index])
}
