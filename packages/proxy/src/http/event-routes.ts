import { quote } from '@trackline/shared'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TrackError } from '../errors.ts'
import type { RowState, RowStatus } from '../outbox/event.ts'
import type { Store } from '../outbox/store.ts'
import type { Caller } from './caller.ts'
import { EventQuerySchema, EventStatusSchema, ProblemSchema } from './schemas.ts'
import type { SettleWaiters } from './settle-waiters.ts'
import { waitForEnd } from './wait-for-end.ts'

/** Shorter than the time after which proxies in between give up on an answer. */
const MAX_WAIT_SECONDS = 30
/** The state of an event that has several targets is that of the target which is worst off. */
const WORST_FIRST: readonly RowState[] = ['dead', 'needs_identity', 'due', 'delivered']

interface Query {
  userId?: string
  wait?: string
}

export interface EventRouteParts {
  callerOf: (request: FastifyRequest) => Caller
  findEvent: Store['findEvent']
  waiters: SettleWaiters
}

/**
 * `GET /v1/events/{messageId}`: what became of an event. A person sees their own. A server key sees any of its site's: a messageId
 * counts per person, so `?userId=` says whose; without it, the person's who sent it last. `?wait=10s` waits until it is settled.
 */
export function eventRoutes(app: FastifyInstance, { callerOf, findEvent, waiters }: EventRouteParts): void {
  const schema = { summary: 'What became of an event', querystring: EventQuerySchema, response: { 200: EventStatusSchema, default: ProblemSchema } }
  app.addHook('preClose', async () => waiters.endAll())
  app.get<{ Params: { messageId: string }; Querystring: Query }>('/v1/events/:messageId', { schema }, async (request) => {
    const { site, speaker } = callerOf(request)
    const { messageId } = request.params
    const subject = speaker.kind === 'person' ? speaker.person.subject : request.query.userId
    const find = async () => ofOnePerson(await findEvent({ account: site.portal, site: site.name, messageId, ...(subject === undefined ? {} : { subject }) }))
    const rows = await waitForEnd(await find(), readWait(request.query.wait), { waiters, find, isGone: () => request.raw.socket.destroyed })
    const [first] = rows
    if (!first) throw new TrackError('EVENT_NOT_FOUND')
    return toStatus(first, speaker.kind === 'server' ? rows : rows.map(forThePerson))
  })
}

/** HubSpot's id of an event is made from its person too: it tells one person's rows from another's. The latest comes first. */
function ofOnePerson(rows: RowStatus[]): RowStatus[] {
  const latest = rows.toSorted((a, b) => b.receivedAt - a.receivedAt)[0]
  return rows.filter(({ eventId }) => eventId === latest?.eventId)
}

/** @throws TrackError `REQUEST_INVALID` */
function readWait(wait: string | undefined): number {
  if (wait === undefined) return 0
  const [, seconds] = /^([0-9]{1,2})s?$/.exec(wait) ?? []
  if (seconds !== undefined && Number(seconds) <= MAX_WAIT_SECONDS) return Number(seconds) * 1_000
  throw new TrackError('REQUEST_INVALID', `wait must be seconds from 0 to ${MAX_WAIT_SECONDS}, such as 10s: got ${quote(wait)}`)
}

/** What HubSpot says of a person's event is theirs to know; what it says of the account and its connection is the operator's. */
function forThePerson({ detail, ...row }: RowStatus): RowStatus {
  return row.code === 'HUBSPOT_REJECTED_EVENT' && detail !== undefined ? { ...row, detail } : row
}

function toStatus(row: RowStatus, rows: RowStatus[]) {
  return {
    messageId: row.messageId,
    event: row.event,
    state: WORST_FIRST.find((state) => rows.some((each) => each.state === state)),
    attempts: Math.max(...rows.map((each) => each.attempts)),
    occurredAt: iso(row.occurredAt),
    receivedAt: iso(row.receivedAt),
    deliveries: rows.map(({ target, eventId, state, attempts, settledAt, nextAttemptAt, code, detail }) => ({
      ...{ target, eventId, state, attempts, code, detail },
      ...(settledAt === undefined ? {} : { settledAt: iso(settledAt) }),
      ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: iso(nextAttemptAt) }),
    })),
  }
}

function iso(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
