import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TrackError } from '../errors.ts'
import type { RowState, RowStatus } from '../outbox/event.ts'
import type { Store } from '../outbox/store.ts'
import type { Caller } from './caller.ts'
import { EventQuerySchema, EventStatusSchema, ProblemSchema } from './schemas.ts'

/** The state of an event that has several targets is that of the target which is worst off. */
const WORST_FIRST: readonly RowState[] = ['dead', 'needs_identity', 'due', 'delivered']

interface Query {
  userId?: string
}

export interface EventRouteParts {
  callerOf: (request: FastifyRequest) => Caller
  findEvent: Store['findEvent']
}

/**
 * `GET /v1/events/{messageId}`: what became of an event. A person sees their own. A server key sees any of its site's: a messageId
 * counts per person, so `?userId=` says whose; without it, the person's who sent it last.
 */
export function eventRoutes(app: FastifyInstance, { callerOf, findEvent }: EventRouteParts): void {
  const schema = { summary: 'What became of an event', querystring: EventQuerySchema, response: { 200: EventStatusSchema, default: ProblemSchema } }
  app.get<{ Params: { messageId: string }; Querystring: Query }>('/v1/events/:messageId', { schema }, async (request) => {
    const { site, speaker } = callerOf(request)
    const { messageId } = request.params
    const subject = speaker.kind === 'person' ? speaker.person.subject : request.query.userId
    const rows = await findEvent({ account: site.portal, site: site.name, messageId, ...(subject === undefined ? {} : { subject }) })
    const latest = rows.toSorted((a, b) => b.receivedAt - a.receivedAt)[0]
    if (!latest) throw new TrackError('EVENT_NOT_FOUND')
    // HubSpot's id of an event is made from its person too: it tells one person's rows from another's.
    const ofOnePerson = rows.filter(({ eventId }) => eventId === latest.eventId)
    return toStatus(latest, speaker.kind === 'server' ? ofOnePerson : ofOnePerson.map(forThePerson))
  })
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
