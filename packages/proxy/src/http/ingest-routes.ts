import { MAX_BATCH_EVENTS, MAX_BODY_BYTES } from '@trackline/shared'
import type { MessageResult } from '@trackline/shared'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { TrackError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { IngestRequest } from '../flows/ingest-events/ingest-events.ts'
import { IDENTITY_MEMBERS } from '../outbox/identity-members.ts'
import type { Caller } from './caller.ts'
import { sendProblem } from './error-handler.ts'
import { BatchSchema, MessageSchema, ProblemSchema, ResultsSchema } from './schemas.ts'

export interface IngestRouteParts {
  callerOf: (request: FastifyRequest) => Caller
  ingest: (request: IngestRequest) => Promise<MessageResult[]>
  /** Seconds that this person must wait before sending `events` more; 0: none. */
  waitBeforeSending: (caller: Caller, events: number) => number
  onResults: (caller: Caller, messages: readonly unknown[], results: MessageResult[]) => void
}

/** `POST /v1/batch` and `/v1/track`, and their short paths, which no word list of an ad blocker names. */
export function ingestRoutes(app: FastifyInstance, parts: IngestRouteParts): void {
  const options = (body: object, summary: string) => ({
    bodyLimit: MAX_BODY_BYTES,
    schema: { summary, body, response: { 202: ResultsSchema, default: ProblemSchema } },
    // The flow checks every message by itself and says what is wrong with each; a schema would refuse the request as a whole.
    validatorCompiler: () => () => true,
  })
  for (const url of ['/v1/batch', '/v1/b']) app.post(url, options(BatchSchema, 'Track several events'), (request, reply) => track(request, reply, readBatch(request.body)))
  for (const url of ['/v1/track', '/v1/t']) app.post(url, options(MessageSchema, 'Track one event'), (request, reply) => track(request, reply, readSingle(request.body)))

  async function track(request: FastifyRequest, reply: FastifyReply, { messages, sentAt }: Envelope): Promise<FastifyReply> {
    const caller = parts.callerOf(request)
    const waitSeconds = parts.waitBeforeSending(caller, messages.length)
    if (waitSeconds > 0) throw new TrackError('RATE_LIMITED', undefined, { retryAfterSeconds: waitSeconds })
    const results = await parts.ingest({ ...caller, messages, sentAt })
    parts.onResults(caller, messages, results)
    if (results.some((result) => result.status !== 'rejected')) return reply.code(202).send({ results })
    return refuseAll(reply, results, request.id)
  }
}

interface Envelope {
  messages: readonly unknown[]
  sentAt?: unknown
}

function readBatch(body: unknown): Envelope {
  const { batch, sentAt } = readObject(body)
  if (!Array.isArray(batch)) throw new TrackError('BODY_INVALID', '"batch" must be an array of messages')
  if (batch.length === 0) throw new TrackError('BODY_INVALID', '"batch" is empty')
  if (batch.length > MAX_BATCH_EVENTS) throw new TrackError('BATCH_TOO_LARGE', `the batch has ${batch.length} events; at most ${MAX_BATCH_EVENTS} are taken`)
  refuseIdentity(body)
  return { messages: batch, sentAt }
}

/** Segment's own `track` body carries `sentAt` beside the event's members. */
function readSingle(body: unknown): Envelope {
  return { messages: [readObject(body)], sentAt: readObject(body).sentAt }
}

function readObject(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new TrackError('BODY_INVALID', 'the body must be a JSON object')
  return body as Readonly<Record<string, unknown>> // An object that is no array has members by name.
}

/** Beside the batch an identity would be for every message of it; not even a server key speaks that way. */
function refuseIdentity(body: unknown): void {
  const named = IDENTITY_MEMBERS.filter((member) => readObject(body)[member] !== undefined)
  if (named.length) throw new TrackError('IDENTITY_IN_BODY', `the body carries '${named.join("', '")}' beside "batch"`)
}

/** Nothing was stored: 422, with a result for each message all the same. */
function refuseAll(reply: FastifyReply, results: MessageResult[], requestId: string): FastifyReply {
  const [first] = results
  const more = results.length > 1 ? ` (and ${results.length - 1} more; see "results")` : ''
  // The flow takes every code from the table of errors.
  const code = (first?.error?.code ?? 'MESSAGE_INVALID') as ErrorCode
  return sendProblem(reply, new TrackError(code, `${first?.error?.message}${more}`), requestId, { results })
}
