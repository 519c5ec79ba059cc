import { contactKey } from '../outbox/contact-write.ts'
import type { ContactWrite } from '../outbox/contact-write.ts'
import type { Row, RowState, StoredRow } from '../outbox/event.ts'
import type { Remembered, Store } from '../outbox/store.ts'

/** In the order in which rows pass through them: whatever moves on while we look is met later. */
const STATES: readonly RowState[] = ['needs_identity', 'due', 'delivered', 'dead']
/** Rows taken away in one step: small, so that a service beside us is never kept waiting. */
const STEP = 500

/** Whose data is meant: what is under this user id, and what is under this email. */
export interface WhoseData {
  site: string
  userId?: string | undefined
  email?: string | undefined
}

export interface PersonDataParts {
  store: Pick<Store, 'findSubjects' | 'readRemembered' | 'readContactWrites' | 'findPayloads' | 'discardRows' | 'forgetPerson' | 'forgetContactWrites'>
  /** The rows of the site in this state. */
  rowsIn: (state: RowState) => AsyncIterable<StoredRow>
}

/** Where something of a person is stored. */
export interface PersonData {
  /** User ids that are the person's. */
  userIds: string[]
  /** Others under which events with the person's email are stored, and events or an email of somebody else: only those events are the person's. */
  sharedIds: string[]
  rows: StoredRow[]
  remembered: ({ userId: string } & Remembered)[]
  contactWrites: ({ account: number } & ContactWrite)[]
}

/**
 * Finds what is stored of a person. A user id that goes by the email and by no other is theirs too, with all that is under it.
 * [docs/adr/0111]
 */
export async function findPersonData({ store, rowsIn }: PersonDataParts, { site, userId, email }: WhoseData): Promise<PersonData> {
  const isTheirs = (row: StoredRow) => email !== undefined && sameEmail(row.person.email, email)
  const linked = new Set(email === undefined ? [] : await store.findSubjects({ site, email }))
  if (email !== undefined) for await (const row of inAll(rowsIn)) if (isTheirs(row)) linked.add(row.person.subject)
  if (userId !== undefined) linked.delete(userId)
  const named = userId === undefined ? [] : [userId]

  const remembered = await Promise.all([...named, ...linked].map(async (subject) => ({ userId: subject, ...(await store.readRemembered({ site, subject })) })))
  const shared = new Set(remembered.filter((each) => linked.has(each.userId) && each.emails.some((other) => !sameEmail(other.email, email))).map((each) => each.userId))
  const found: StoredRow[] = []
  for await (const row of inAll(rowsIn)) {
    const { subject, email: address } = row.person
    if (linked.has(subject) && address !== undefined && !isTheirs(row)) shared.add(subject)
    if (subject === userId || linked.has(subject) || isTheirs(row)) found.push(row)
  }
  const theirs = remembered.filter((each) => !shared.has(each.userId))
  const rows = found.filter((row) => isTheirs(row) || !shared.has(row.person.subject))
  return { userIds: [...named, ...linked].filter((id) => !shared.has(id)), sharedIds: [...shared], rows, remembered: theirs, contactWrites: await contactWritesOf(store, rows, theirs) }
}

/** What stands on the contacts of the emails that the person had, in the accounts that their events went to. */
async function contactWritesOf(store: PersonDataParts['store'], rows: StoredRow[], remembered: PersonData['remembered']): Promise<PersonData['contactWrites']> {
  const contacts = new Map<number, Set<string>>()
  const add = (account: number, email: string | undefined) => {
    if (email !== undefined) contacts.set(account, (contacts.get(account) ?? new Set()).add(contactKey(email)))
  }
  for (const { account, person } of rows) add(account, person.email)
  for (const { account, email } of remembered.flatMap(({ emails }) => emails)) add(account, email)
  const ofEach = [...contacts].map(async ([account, keys]) => (await store.readContactWrites({ account, contacts: [...keys] })).map((write) => ({ account, ...write })))
  return (await Promise.all(ofEach)).flat()
}

/** A person's events as they are stored, one for each message, with what became of each of its promises. */
export interface StoredEvent {
  messageId: string
  userId: string
  payload: Row | undefined
  promises: StoredRow[]
}

export async function readEvents({ store }: PersonDataParts, { rows }: PersonData): Promise<StoredEvent[]> {
  const messages = new Map<string, StoredRow[]>()
  for (const row of rows) {
    const message = JSON.stringify([row.account, row.site, row.messageId, row.person.subject])
    messages.set(message, [...(messages.get(message) ?? []), row])
  }
  const events: StoredEvent[] = []
  for (const promises of messages.values()) {
    const [{ account, site, messageId, person }] = promises as [StoredRow] // Each has at least one.
    const [payload] = await store.findPayloads({ account, site, messageId, subject: person.subject })
    events.push({ messageId, userId: person.subject, payload, promises })
  }
  return events.toSorted((a, b) => (a.promises[0]?.receivedAt ?? 0) - (b.promises[0]?.receivedAt ?? 0))
}

/** Takes all of it away. Returns how many events were, and how many not, since they are being sent. */
export async function erasePersonData({ store }: PersonDataParts, site: string, { rows, remembered, contactWrites }: PersonData): Promise<{ erased: number; beingSent: number }> {
  let erased = 0
  for (let from = 0; from < rows.length; from += STEP) erased += await store.discardRows(rows.slice(from, from + STEP), { deliveredToo: true })
  for (const { userId } of remembered) await store.forgetPerson({ site, subject: userId })
  for (const account of new Set(contactWrites.map((write) => write.account))) {
    await store.forgetContactWrites({ account, contacts: contactWrites.filter((write) => write.account === account).map(({ contact }) => contact) })
  }
  return { erased, beingSent: rows.length - erased }
}

async function* inAll(rowsIn: PersonDataParts['rowsIn']): AsyncGenerator<StoredRow> {
  for (const state of STATES) yield* rowsIn(state)
}

/** HubSpot knows no difference of case, and neither do those who ask. */
function sameEmail(a: string | undefined, b: string | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase()
}
