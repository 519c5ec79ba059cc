import type { Command } from 'commander'
import { explainRow, hashOfSubject, spoken } from '../flows/explain-event.ts'
import type { Explanation } from '../flows/explain-event.ts'
import { findById } from '../flows/tend-outbox.ts'
import type { StoredRow } from '../outbox/event.ts'
import type { Parts } from '../parts.ts'
import { withDevOption, withOutbox } from './dev-option.ts'
import type { OutboxOptions } from './dev-option.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { print } from './output.ts'

export function addExplain(program: Command): void {
  withDevOption(program.command('explain <id>').option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE))
    .description("tell an event's story: what became of it, why, what comes next, and what you can do")
    .option('--json', 'print { "events": […] }')
    .addHelpText('after', '\nThe id is a messageId or a HubSpot event id; the latter is searched for in all\nthat is stored.\n\nExample:\n  trackline explain 5f1c2d3e-login --config trackline.config.ts')
    .action((id: string, options: OutboxOptions & { json?: boolean }) => withOutbox(options, async (parts) => {
      const rows = await findById(parts.store, id)
      if (rows.length === 0) throw new Error(`no event has the messageId or HubSpot event id '${id}': it was never received, or has been forgotten or discarded`)
      const events = await explainEvents(parts, rows)
      print({ events }, options, events.map((event) => forPeople(event, parts.world.now().getTime())).join('\n\n'))
    }))
}

interface ExplainedEvent {
  event: string
  messageId: string
  eventId: string
  site: string
  /** A hash: it tells people apart and names nobody. */
  subject: string
  receivedAt: string
  occurredAt: string
  promises: Explanation[]
}

/** The same messageId may be several people's: each is an event of its own, with a promise for each target. */
async function explainEvents({ config, store, world }: Parts, rows: StoredRow[]): Promise<ExplainedEvent[]> {
  const accounts = new Map((await store.accountStates()).map((state) => [state.account, state]))
  const context = { ...config.outbox, now: world.now().getTime(), giveUpAfterMs: config.retry.giveUpAfterMs }
  const explain = (row: StoredRow) => {
    const sources = config.sites[row.site]?.email
    const hasLookup = config.sites[row.site] === undefined ? undefined : (sources?.some(({ kind }) => kind === 'lookup') ?? false)
    return explainRow(row, { ...context, account: accounts.get(row.account), hasLookup })
  }
  return Object.values(Object.groupBy(rows, ({ eventId }) => eventId)).flatMap((ofEvent) => {
    const [first] = ofEvent ?? []
    return first && ofEvent ? [{ ...toEvent(first), promises: ofEvent.map(explain) }] : []
  })
}

function toEvent(row: StoredRow): Omit<ExplainedEvent, 'promises'> {
  return {
    ...{ event: row.event, messageId: row.messageId, eventId: row.eventId, site: row.site, subject: hashOfSubject(row.person.subject) },
    ...{ receivedAt: new Date(row.receivedAt).toISOString(), occurredAt: new Date(row.occurredAt).toISOString() },
  }
}

function forPeople({ event, messageId, eventId, site, subject, receivedAt, occurredAt, promises }: ExplainedEvent, now: number): string {
  return [
    `${event}: messageId ${messageId}, HubSpot event id ${eventId}`,
    `  received ${receivedAt} (${spoken(now - Date.parse(receivedAt))} ago) on site ${site}, from person ${subject} (a hash); happened ${occurredAt}`,
    ...promises.flatMap((promise) => [
      `  ${promise.target} of account ${promise.account}: ${promise.state}, ${promise.attempts} ${promise.attempts === 1 ? 'attempt' : 'attempts'}`,
      ...promise.says.map((line) => `    ${line}`),
      `    next: ${promise.next}`,
      ...(promise.remedy === undefined ? [] : [`    you can: ${promise.remedy}`]),
    ]),
  ].join('\n')
}
