import type { FastifyInstance, FastifyRequest } from 'fastify'
import { TrackError } from '../errors.ts'
import type { RowState, RowStatus } from '../outbox/event.ts'
import type { Store } from '../outbox/store.ts'
import type { Caller } from './caller.ts'
import { EventStatusSchema, ProblemSchema } from './schemas.ts'

/** The state of an event that has several targets is that of the target which is worst off. */
const WORST_FIRST: readonly RowState[] = ['dead', 'needs_identity', 'due', 'delivered']

export interface EventRouteParts {
  callerOf: (request: FastifyRequest) => Caller
  findEvent: Store['findEvent']
}

/** `GET /v1/events/{messageId}`: what became of an event. A person sees their own; a server key any of its site's. */
export function eventRoutes(app: FastifyInstance, { callerOf, findEvent }: EventRouteParts): void {
  const schema = { summary: 'What became of an event', response: { 200: EventStatusSchema, default: ProblemSchema } }
  app.get<{ Params: { messageId: string } }>('/v1/events/:messageId', { schema }, async (request) => {
    const { site, speaker } = callerOf(request)
    const { messageId } = request.params
    const subject = speaker.kind === 'person' ? { subject: speaker.person.subject } : {}
    const rows = await findEvent({ account: site.portal, site: site.name, messageId, ...subject })
    const [row] = rows
    if (!row) throw new TrackError('EVENT_NOT_FOUND')
    return toStatus(row, rows)
  })
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
