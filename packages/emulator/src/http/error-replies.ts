import type { FastifyError, FastifyInstance } from 'fastify'
import type { World } from '../world.ts'
import { HubSpotError, notFound, unsupportedMediaType, validationError } from './hubspot-error.ts'

/** Answers every failure in HubSpot's body, with a correlation id of its own. */
export function errorReplies(app: FastifyInstance, world: World): void {
  app.setErrorHandler((error: FastifyError | HubSpotError, _request, reply) => {
    const refusal = error instanceof HubSpotError ? error : translate(error)
    return reply.code(refusal.statusCode).headers(refusal.headers).send(errorBody(refusal, world.newId()))
  })
  app.setNotFoundHandler((request) => {
    throw notFound(`There is nothing at ${request.method} ${request.url.split('?')[0]}`)
  })
}

/** The body of a refusal on its own, as batches list them too. */
export function errorBody(refusal: HubSpotError, correlationId: string): Record<string, unknown> {
  return { status: 'error', message: refusal.message, correlationId, ...refusal.body }
}

function translate(error: FastifyError): HubSpotError {
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return unsupportedMediaType('application/json, or as application/x-www-form-urlencoded for OAuth')
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new HubSpotError(413, 'The request body is too large')
  if (error.statusCode !== undefined && error.statusCode < 500) return validationError(error.message)
  return new HubSpotError(500, `The emulator failed: ${error.message}`, { body: { category: 'INTERNAL_ERROR' } })
}
