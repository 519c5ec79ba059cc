import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { SessionError } from '@trackline/session'
import { MAX_BODY_BYTES, quote } from '@trackline/shared'
import { ERRORS, toProblemDetails, TrackError } from '../errors.ts'
import { withoutEmails } from '../outbox/without-emails.ts'

/** What Fastify refuses by itself, in our words. */
const FASTIFY_ERRORS: Record<string, (error: FastifyError, request: FastifyRequest) => TrackError> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (_, { headers }) => new TrackError('CONTENT_TYPE_UNSUPPORTED', `the content type is not taken: ${quote(headers['content-type'])}`),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new TrackError('BODY_TOO_LARGE', `the body has more than ${MAX_BODY_BYTES} bytes`),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new TrackError('BODY_INVALID', 'the body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new TrackError('BODY_INVALID', 'the body is not JSON'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new TrackError('BODY_INVALID', 'the body is not as long as Content-Length says'),
}

/** Where a refusal is told to the operator. */
export type RefusalLog = Pick<FastifyBaseLogger, 'debug' | 'info' | 'error'>

/** Answers every error as RFC 9457 problem details. What is not a caller's mistake is logged, and told in no detail. */
export function answerError(error: FastifyError | TrackError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = error instanceof TrackError ? undefined : FASTIFY_ERRORS[error.code]
  const refusal = known?.(error as FastifyError, request) ?? toTrackError(error) // Whatever has such a code is Fastify's.
  logRefusal(request.log, refusal)
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', String(refusal.retryAfterSeconds))
  reply.code(ERRORS[refusal.code].status).header('content-type', 'application/problem+json; charset=utf-8')
  return reply.send(problemText(refusal, request.id))
}

export function problemText(refusal: TrackError, requestId: string, more: object = {}): string {
  return JSON.stringify({ ...toProblemDetails(refusal, requestId), ...more })
}

/** @param reqId  where the log does not carry it already */
export function logRefusal(log: RefusalLog, refusal: TrackError, reqId?: string): void {
  const { status } = ERRORS[refusal.code]
  const line = { ...(reqId === undefined ? {} : { reqId }), code: refusal.code, cause: causeOf(refusal) }
  if (status >= 500) log.error(line, 'request.failed')
  else if (status === 401 || status === 403) log.info({ ...line, detail: refusal.message }, 'request.refused')
  // It quotes what a stranger sent.
  else log.debug({ ...line, detail: withoutEmails(refusal.message) }, 'request.refused')
}

/** What anything that was thrown is called outside. */
export function toTrackError(error: unknown): TrackError {
  if (error instanceof TrackError) return error
  const { statusCode, message } = Object(error) as Partial<FastifyError>
  const isCallersMistake = statusCode !== undefined && statusCode >= 400 && statusCode < 500
  return isCallersMistake ? new TrackError('REQUEST_INVALID', message) : new TrackError('INTERNAL', undefined, { cause: error })
}

function causeOf({ cause }: TrackError): string | undefined {
  if (cause instanceof SessionError) return reasonOf(cause)
  if (cause instanceof Error) return cause.stack ?? cause.message
  return cause === undefined ? undefined : String(cause)
}

/** What kept keys away is our own text about an address. What is wrong with a token may quote the token, and stays out of the log. */
function reasonOf({ code, message, cause }: SessionError): string {
  return code === 'SESSION_KEYS_UNAVAILABLE' && cause instanceof Error ? `${message}: ${cause.message}` : message
}
