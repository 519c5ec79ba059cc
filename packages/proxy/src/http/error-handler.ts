import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { MAX_BODY_BYTES, quote } from '@trackline/shared'
import { ERRORS, toProblemDetails, TrackError } from '../errors.ts'

/** What Fastify refuses by itself, in our words. */
const FASTIFY_ERRORS: Record<string, (error: FastifyError, request: FastifyRequest) => TrackError> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (_, { headers }) => new TrackError('CONTENT_TYPE_UNSUPPORTED', `the content type is not taken: ${quote(headers['content-type'])}`),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new TrackError('BODY_TOO_LARGE', `the body has more than ${MAX_BODY_BYTES} bytes`),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new TrackError('BODY_INVALID', 'the body is empty'),
  FST_ERR_CTP_INVALID_JSON_BODY: () => new TrackError('BODY_INVALID', 'the body is not JSON'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new TrackError('BODY_INVALID', 'the body is not as long as Content-Length says'),
}

/** Answers every error as RFC 9457 problem details. What is not a caller's mistake is logged, and told in no detail. */
export function answerError(error: FastifyError | TrackError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = toTrackError(error, request)
  const { status } = ERRORS[refusal.code]
  if (status >= 500) request.log.error({ code: refusal.code, cause: causeOf(refusal) }, 'request.failed')
  else if (status === 401 || status === 403) request.log.info({ code: refusal.code, detail: refusal.message, cause: causeOf(refusal) }, 'request.refused')
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', String(refusal.retryAfterSeconds))
  return sendProblem(reply, refusal, request.id)
}

export function sendProblem(reply: FastifyReply, refusal: TrackError, requestId: string, more: object = {}): FastifyReply {
  const problem = toProblemDetails(refusal, requestId)
  return reply.code(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify({ ...problem, ...more }))
}

function toTrackError(error: FastifyError | TrackError, request: FastifyRequest): TrackError {
  if (error instanceof TrackError) return error
  const known = FASTIFY_ERRORS[error.code]
  if (known) return known(error, request)
  if (error instanceof SyntaxError) return new TrackError('BODY_INVALID', `the body is not JSON that can be taken: ${error.message}`)
  const isCallersMistake = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
  return isCallersMistake ? new TrackError('REQUEST_INVALID', error.message) : new TrackError('INTERNAL', undefined, { cause: error })
}

function causeOf({ cause }: TrackError): string | undefined {
  if (cause instanceof Error) return cause.name === 'SessionError' ? cause.message : (cause.stack ?? cause.message)
  return cause === undefined ? undefined : String(cause)
}
