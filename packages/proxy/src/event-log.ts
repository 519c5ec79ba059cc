import type { MessageResult } from '@trackline/shared'
import { quote } from '@trackline/shared'
import { hashOfSubject } from './flows/explain-event.ts'
import type { Caller } from './http/caller.ts'
import type { Person, Row } from './outbox/event.ts'
import { shownEmail } from './outbox/shown-email.ts'
import { withoutEmails } from './outbox/without-emails.ts'
import type { Outcome } from './outcome.ts'
import type { World } from './parts.ts'

export interface EventLog {
  /** `event.received`, for each message of a request. */
  received(caller: Caller, messages: readonly unknown[], results: readonly MessageResult[]): void
  /** `event.attempted`, for each try to deliver an event to one of its targets. */
  attempted(row: Row, outcome: Outcome): void
}

/**
 * A line for each event: for a person who develops, since whoever runs a busy service would drown in them. Emails are masked.
 *
 * @returns undefined unless the log is written at the level `debug`
 */
export function createEventLog({ logger, now }: Pick<World, 'logger' | 'now'>): EventLog | undefined {
  if (logger.level !== 'debug') return undefined
  return {
    received({ site, speaker }, messages, results) {
      results.forEach(({ messageId, status, error }, index) => {
        const message = membersOf(messages[index])
        const person = speaker.kind === 'person' ? speaker.person : personIn(message)
        const why = error === undefined ? {} : { code: error.code, detail: withoutEmails(error.message) }
        logger.debug({ site: site.name, event: nameOf(message.event), messageId, ...shownPerson(person), status, ...why }, 'event.received')
      })
    },
    attempted({ name, messageId, eventId, person, target, account, attempt, receivedAt }, { kind: outcome, ...outcomeOf }) {
      const { code, detail } = { code: undefined, detail: undefined, ...outcomeOf }
      const why = code === undefined ? {} : { code, ...(detail === undefined ? {} : { detail: withoutEmails(detail) }) }
      const sinceReceivedMs = Math.max(0, now().getTime() - receivedAt)
      logger.debug({ event: name, messageId, eventId, ...shownPerson(person), target, portalId: account, attempt, outcome, ...why, sinceReceivedMs }, 'event.attempted')
    },
  }
}

function membersOf(message: unknown): Readonly<Record<string, unknown>> {
  return Object(message)
}

/** What a stranger calls an event may be anything. */
function nameOf(event: unknown): string {
  return typeof event === 'string' && /^\w{1,100}$/.test(event) ? event : quote(event)
}

/** Of whom a server speaks. */
function personIn({ email, userId }: Readonly<Record<string, unknown>>): Partial<Person> {
  return { ...(typeof email === 'string' ? { email } : {}), ...(typeof userId === 'string' ? { subject: userId } : {}) }
}

/** By the masked email, else by a hash, as `trackline explain` tells people apart. */
function shownPerson({ email, subject }: Partial<Person>): { person?: string } {
  if (email !== undefined) return { person: shownEmail(email) }
  return subject === undefined ? {} : { person: hashOfSubject(subject) }
}
