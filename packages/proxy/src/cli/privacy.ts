import type { Command } from 'commander'
import { erasePersonData, findPersonData, readEvents } from '../flows/person-data.ts'
import type { PersonData, PersonDataParts, StoredEvent, WhoseData } from '../flows/person-data.ts'
import { rowsMatching } from '../flows/tend-outbox.ts'
import type { Denial, Store } from '../outbox/store.ts'
import type { Parts } from '../parts.ts'
import { confirm } from './confirm.ts'
import { withDevOption, withOutbox } from './dev-option.ts'
import type { OutboxOptions } from './dev-option.ts'
import { DEFAULT_CONFIG_FILE } from './load-config.ts'
import { print } from './output.ts'
import { currentDenials } from './session.ts'
import { siteOption } from './site-option.ts'

interface PrivacyOptions extends OutboxOptions, WhoseData {
  json?: boolean
  yes?: boolean
}

export function addPrivacy(program: Command): void {
  const privacy = program.command('privacy').description('what is stored of one person: tell it to them, or erase it')
  withWhose(privacy.command('export'), 'export --user-id 42 --email ada@example.com > ada.json')
    .description('print all that is stored of a person, as JSON')
    .option('--json', 'print it in one line')
    .action((options: PrivacyOptions) => onPerson(options, tell))
  withWhose(privacy.command('erase'), 'erase --user-id 42 --email ada@example.com')
    .description('show what is stored of a person, ask, and take it away for good; what waits is not sent any more, and stays counted as dead')
    .option('--yes', 'do not ask')
    .option('--json', 'print { "erased": { "events": …, … }, "beingSent": … }')
    .action((options: PrivacyOptions) => onPerson(options, erase))
}

function withWhose(command: Command, example: string): Command {
  return withDevOption(command.option('--config <file>', 'configuration file', DEFAULT_CONFIG_FILE))
    .requiredOption('--site <name>', 'the site whose visitor it is')
    .option('--user-id <id>', 'the "sub" of their session tokens, or the userId that a server named')
    .option('--email <address>', 'their email; a user id that goes by it, and by no other, is theirs too')
    .addHelpText('after', `\nExample:\n  trackline privacy ${example.replace(' ', ' --site main ')} --config trackline.config.ts`)
}

type OnPerson = (parts: Parts, data: PersonDataParts, options: PrivacyOptions) => Promise<void>

async function onPerson(options: PrivacyOptions, use: OnPerson): Promise<void> {
  const { userId, email, site } = options
  if (userId === undefined && email === undefined) throw new TypeError('--user-id or --email must say whose data is meant, or both')
  if (email !== undefined && !email.includes('@')) throw new TypeError(`--email must be an address: got '${email}'`)
  await withOutbox(options, async (parts) => {
    await siteOption(parts.config, site)
    await use(parts, { store: parts.store, rowsIn: (state) => rowsMatching(parts.store, { state, site }) }, options)
  })
}

async function tell({ store, world }: Parts, data: PersonDataParts, options: PrivacyOptions): Promise<void> {
  const found = await findPersonData(data, options)
  const events = await readEvents(data, found)
  const denials = await denialsOf(store, world.now(), { site: options.site, found })
  const exported = toExported(options, { found, events, denials })
  print(exported, options, JSON.stringify(exported, undefined, 2))
}

async function erase({ store, world }: Parts, data: PersonDataParts, options: PrivacyOptions): Promise<void> {
  const found = await findPersonData(data, options)
  const counts = countsOf(found)
  const notes = notesOn(found, await denialsOf(store, world.now(), { site: options.site, found }))
  if (isNothing(counts)) return print({ erased: counts, beingSent: 0 }, options, ['nothing is stored of this person', ...notes].join('\n'))
  if (!options.json || !options.yes) process.stderr.write(`${[`stored of this person: ${spoken(counts)}`, ...notes].join('\n')}\n`)
  if (!options.yes && !(await confirm('Erase it for good? What HubSpot has stays there'))) {
    return print({ erased: countsOf(NOTHING), beingSent: 0 }, options, 'nothing was erased')
  }
  const { erased, beingSent } = await erasePersonData(data, options.site, found)
  print({ erased: { ...counts, events: erased }, beingSent }, options, `erased: ${spoken({ ...counts, events: erased })}`)
  if (beingSent === 0) return
  process.stderr.write(`trackline: ${beingSent} are being sent to HubSpot at this moment: give the command again in a minute\n`)
  process.exitCode = 1
}

const NOTHING: PersonData = { userIds: [], sharedIds: [], rows: [], remembered: [], contactWrites: [] }

/** An event counts once for each of its targets, as in the audit. */
function countsOf({ rows, remembered, contactWrites }: PersonData) {
  return {
    events: rows.length,
    emails: remembered.reduce((sum, { emails }) => sum + emails.length, 0),
    moments: remembered.reduce((sum, { moments }) => sum + moments.length, 0),
    contactWrites: contactWrites.length,
  }
}

type Counts = ReturnType<typeof countsOf>

function isNothing(counts: Counts): boolean {
  return Object.values(counts).every((count) => count === 0)
}

function spoken({ events, emails, moments, contactWrites }: Counts): string {
  return `events ${events} (each once for each of its targets), remembered emails ${emails}, moments of the history ${moments}, notes of writes to the contact ${contactWrites}`
}

/** What is not erased with the rest, and why. */
function notesOn({ userIds, sharedIds }: PersonData, denials: Denial[]): string[] {
  return [
    ...(userIds.length ? [`user ids: ${userIds.join(', ')}`] : []),
    ...sharedIds.map((id) => `user id ${id} goes by other emails too, so only its events with this one are meant: if it is this person alone, name it with --user-id`),
    ...(denials.length ? [`the deny list names them ${denials.length === 1 ? 'once' : `${denials.length} times`}, and goes on doing so: see "trackline session list"`] : []),
  ]
}

/** Entries of the deny list that name the person. */
async function denialsOf(store: Store, now: Date, { site, found: { userIds, rows } }: { site: string; found: PersonData }): Promise<Denial[]> {
  const subs = new Set([...userIds, ...rows.flatMap(({ person }) => person.sub ?? [])])
  return (await currentDenials(store, now)).filter((denial) => denial.kind === 'sub' && ['', site].includes(denial.site) && subs.has(denial.value))
}

function toExported({ site, email }: PrivacyOptions, { found, events, denials }: { found: PersonData; events: StoredEvent[]; denials: Denial[] }) {
  return {
    site,
    ...(email === undefined ? {} : { email }),
    userIds: found.userIds,
    events: events.map(toEvent),
    remembered: found.remembered.map(({ userId, emails, moments }) => ({
      userId,
      emails: emails.map(({ saidAt, ...said }) => ({ ...said, saidAt: iso(saidAt) })),
      moments: moments.map(({ firstAt, lastAt, ...moment }) => ({ ...moment, firstAt: iso(firstAt), lastAt: iso(lastAt) })),
    })),
    contactWrites: found.contactWrites,
    denied: denials.map(({ until, ...denial }) => ({ ...denial, ...(until === undefined ? {} : { until: iso(until) }) })),
  }
}

function toEvent({ messageId, userId, payload, promises }: StoredEvent) {
  return {
    ...{ messageId, userId, event: payload?.name, email: payload?.person.email, properties: payload?.properties, extraData: payload?.extraData, placement: payload?.placement },
    ...(payload ? { occurredAt: iso(payload.occurredAt), receivedAt: iso(payload.receivedAt) } : {}),
    targets: promises.map(({ target, account, state, settledAt, code, detail }) => ({
      ...{ target, account, state, code, detail },
      ...(settledAt === undefined ? {} : { settledAt: iso(settledAt) }),
    })),
  }
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
