import { hash } from 'node:crypto'
import type { StoredRow } from '../outbox/event.ts'
import type { AccountState } from '../outbox/store.ts'
import { withoutEmails } from '../outbox/without-emails.ts'
import { meaningOf } from '../outcome.ts'
import type { DeliveryCode } from '../outcome.ts'

const DAY_MS = 24 * 3_600_000
/** A row that is due is taken within seconds by whoever delivers; after this, nobody seems to. */
const TAKEN_WITHIN_MS = 30_000

/** What an explanation needs to know besides the row. */
export interface ExplainContext {
  now: number
  account: AccountState | undefined
  /** After this age, in milliseconds, a row that cannot be delivered is given up. */
  giveUpAfterMs: number
  keepDeliveredDays: number
  keepDeadDays: number
  /** False: nothing looks emails up for this row's site. Undefined: not known. */
  hasLookup?: boolean | undefined
}

/** Where one promise stands and why, what comes next and when, and what a person can do. */
export interface Explanation {
  target: string
  account: number
  state: StoredRow['state']
  attempts: number
  says: string[]
  next: string
  /** When that is, milliseconds since 1970. */
  nextAt?: number
  remedy?: string
}

/** Tells the story of one promise. Nothing in it names the person. */
export function explainRow(row: StoredRow, context: ExplainContext): Explanation {
  const { target, account, state, attempts } = row
  return { target, account, state, attempts, ...STORIES[state](row, context) }
}

/** Tells people apart without naming them. */
export function hashOfSubject(subject: string): string {
  return hash('sha256', subject, 'hex').slice(0, 12)
}

type Story = Pick<Explanation, 'says' | 'next' | 'nextAt' | 'remedy'>

const STORIES: Record<StoredRow['state'], (row: StoredRow, context: ExplainContext) => Story> = {
  delivered: ({ receivedAt, settledAt = 0 }, { keepDeliveredDays, now }) => {
    const nextAt = settledAt + keepDeliveredDays * DAY_MS
    return {
      says: [`HubSpot has it since ${at(settledAt)}, ${spoken(settledAt - receivedAt)} after it was received`],
      next: `it is forgotten ${when(nextAt, now)}, and stays counted; until then a repeat is answered "duplicate"`,
      nextAt,
    }
  },
  dead: (row, { keepDeadDays, now }) => {
    const nextAt = (row.settledAt ?? 0) + keepDeadDays * DAY_MS
    return {
      says: [`a dead letter since ${at(row.settledAt ?? 0)}`, ...whyOf(row)],
      next: `nothing happens by itself; it is taken out of the list ${when(nextAt, now)}, and stays counted`,
      nextAt,
      remedy: `${remedyOf(row) ?? 'mend what HubSpot names'}; then: trackline outbox retry ${row.eventId}`,
    }
  },
  needs_identity: (row, context) => ({
    says: ['it waits for the person\'s email', ...whyOf(row)],
    ...(context.hasLookup === false ? waitForToken(row, context) : waitForLookup(row, context)),
  }),
  due: dueStory,
}

function waitForToken(row: StoredRow, context: ExplainContext): Omit<Story, 'says'> {
  const nextAt = giveUpAt(row, context)
  return {
    next: `it goes out once a later session token of this person has an email; without one it is given up ${when(nextAt, context.now)}`,
    nextAt,
    remedy: `site '${row.site}' has no lookup(…) in "email": add one, or put the email into the session token`,
  }
}

function waitForLookup(row: StoredRow, context: ExplainContext): Omit<Story, 'says'> {
  const nextAt = row.nextAttemptAt ?? context.now
  return { next: `the look-ups are asked again ${when(nextAt, context.now)}; it is given up on ${at(giveUpAt(row, context))}`, nextAt }
}

function dueStory(row: StoredRow, context: ExplainContext): Story {
  const { account, now } = context
  const remedy = remedyOf(row)
  const says = [...whyOf(row), ...pauseOf(account, now)]
  const story = { says, ...(remedy === undefined ? {} : { remedy }) }
  if (account?.grant?.state !== 'connected') return { ...story, next: 'it is sent as soon as the account is connected, however long that takes' }
  if (row.isClaimed && account.leasedUntil > now) return { ...story, next: `it is being sent; if the sender is gone, another takes over ${when(account.leasedUntil, now)}`, nextAt: account.leasedUntil }
  const nextAt = row.nextAttemptAt ?? now
  if (nextAt > now) return { ...story, next: `it is tried again ${when(nextAt, now)}; given up on ${at(giveUpAt(row, context))}, after 5 attempts at least`, nextAt }
  const isLeft = now - nextAt > TAKEN_WITHIN_MS && account.leasedUntil < now
  const left = isLeft ? { remedy: 'nobody delivers for this account: is "trackline serve" running, with --role all or deliver?' } : {}
  return { ...story, next: 'it is due: whoever delivers takes it next', ...left }
}

function giveUpAt({ retriedAt, receivedAt }: StoredRow, { giveUpAfterMs }: ExplainContext): number {
  return (retriedAt ?? receivedAt) + giveUpAfterMs
}

function whyOf({ code, detail, retriedAt }: StoredRow): string[] {
  const again = retriedAt === undefined ? [] : [`somebody had it tried again on ${at(retriedAt)}`]
  if (code === undefined) return again
  const words = detail === undefined ? [] : [`in its own words: ${withoutEmails(detail)}`]
  return [...again, `${code}: ${meaningOf(code)}`, ...words]
}

function pauseOf(account: AccountState | undefined, now: number): string[] {
  if (!account || account.pausedUntil <= now) return []
  const failures = account.failures ? `, after ${account.failures} failure${account.failures === 1 ? '' : 's'} in a row` : ''
  return [`the account pauses until ${at(account.pausedUntil)}${failures}`]
}

const REMEDIES: Partial<Record<DeliveryCode, (row: StoredRow) => string>> = {
  NOT_CONNECTED: ({ site }) => `trackline connect --site ${site}`,
  RECONNECT_NEEDED: ({ site }) => `trackline connect --site ${site}`,
  HUBSPOT_FORBIDDEN: ({ site }) => `see which scope or subscription HubSpot names, then trackline connect --site ${site}`,
  GRANT_UNREADABLE: ({ site }) => `put the key that sealed the connection back into "keys", or trackline connect --site ${site}`,
  EVENT_TYPE_MISSING: () => 'trackline events push',
  EMAIL_NOT_FOUND: () => 'let a source of the site\'s "email" know this person',
}

function remedyOf(row: StoredRow): string | undefined {
  return row.code === undefined ? undefined : REMEDIES[row.code]?.(row)
}

function at(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('T', ' ').replace(/\.\d+Z$/, ' UTC')
}

function when(epochMs: number, now: number): string {
  return epochMs > now ? `in ${spoken(epochMs - now)}, at ${at(epochMs)}` : 'now'
}

/** 90 061 000 → `1 day 1 h`. */
export function spoken(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  const parts = [[Math.floor(seconds / 86_400), 'd'], [Math.floor(seconds / 3_600) % 24, 'h'], [Math.floor(seconds / 60) % 60, 'min'], [seconds % 60, 's']] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return '0 s'
  return parts.slice(first, first + 2).filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`).join(' ')
}
