import type { FastifyInstance, FastifyRequest } from 'fastify'
import { malformedJson, unsupportedMediaType } from './hubspot-error.ts'
import type { HubSpotError } from './hubspot-error.ts'
import { positionAt } from './json-position.ts'

/** A JSON body together with its text: HubSpot's refusals name the line and column. */
export type JsonBody = { text: string; value: unknown }

/** Reads `application/json` and `application/x-www-form-urlencoded` bodies; every other media type is refused with 415. */
export function bodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, async (_request: FastifyRequest, text: string) =>
    parseJson(text),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, text: string) => new URLSearchParams(text),
  )
}

/** The request's JSON; throws 415 for a form and 400 for no body at all. */
export function readJson(request: FastifyRequest): JsonBody {
  if (request.body instanceof URLSearchParams) throw unsupportedMediaType('application/json')
  // True because bodyParsers above makes nothing but these two and undefined.
  const body = request.body as JsonBody | undefined
  if (!body?.text) throw malformedJson({ line: 1, column: 0 }, 'No content to map due to end-of-input')
  return body
}

/** The request's form; throws 415 for JSON, and treats no body as an empty form. */
export function readForm(request: FastifyRequest): URLSearchParams {
  if (request.body === undefined) return new URLSearchParams()
  if (request.body instanceof URLSearchParams) return request.body
  throw unsupportedMediaType('application/x-www-form-urlencoded')
}

function parseJson(text: string): JsonBody {
  if (text.trim() === '') return { text: '', value: undefined }
  try {
    return { text, value: JSON.parse(text) }
  } catch (cause) {
    throw unreadable(text, cause)
  }
}

function unreadable(text: string, cause: unknown): HubSpotError {
  const at = /at position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1]
  const offset = at === undefined ? text.length : Number(at)
  return malformedJson(positionAt(text, offset), offset < text.length ? 'Unexpected character' : 'Unexpected end-of-input')
}
