import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MessageResult } from '@trackline/shared'
import { ERRORS, TrackError } from '../errors.ts'
import type { ErrorCode } from '../errors.ts'
import type { IngestRequest } from '../flows/ingest-events/ingest-events.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'
import type { Caller, CallerReader } from './caller.ts'
import { corsHeaders } from './cors.ts'
import { logRefusal, problemText, toTrackError } from './error-handler.ts'
import type { RefusalLog } from './error-handler.ts'
import { ENVELOPE_READERS } from './read-envelope.ts'
import { readJsonBody } from './read-json-body.ts'

export interface IngestDoorParts {
  sites: Pick<SiteDirectory, 'ofOrigin'>
  readCaller: CallerReader
  ingest: (request: IngestRequest) => Promise<MessageResult[]>
  /** Seconds that this person must wait before sending `events` more; 0: none. */
  waitBeforeSending: (caller: Caller, events: number) => number
  onResults: (caller: Caller, messages: readonly unknown[], results: MessageResult[]) => void
  newId: () => string
  logger: RefusalLog
}

/** Takes events from Node's own requests. */
export interface IngestDoor {
  isFor(request: IncomingMessage): boolean
  answer(request: IncomingMessage, response: ServerResponse): void
  /** From now on each answer is the last one on its connection. */
  beginClosing(): void
}

/** What a reply says besides its status: JSON in one write, whose length is told beforehand. */
interface Reply {
  status: number
  body: string
  type: string
  more?: readonly string[]
  /** No site was found, so no page may read it. */
  isForNobody?: true
}

const NO_SITE: ReadonlySet<ErrorCode> = new Set(['ORIGIN_NOT_ALLOWED', 'SITE_UNKNOWN', 'SITES_UNAVAILABLE'])

/**
 * `POST /v1/batch` and `/v1/track`, and their short paths. It stands before the framework: on this path each microsecond is paid
 * for every event, and most of what a framework does for a request is not wanted here. [docs/adr/0010]
 *
 * The caller is proved before the body is read.
 */
export function createIngestDoor(parts: IngestDoorParts): IngestDoor {
  let isClosing = false

  async function track(request: IncomingMessage): Promise<Reply> {
    const caller = await parts.readCaller(request)
    const { messages, sentAt } = readEnvelope(request, await readJsonBody(request))
    const waitSeconds = parts.waitBeforeSending(caller, messages.length)
    if (waitSeconds > 0) throw new TrackError('RATE_LIMITED', undefined, { retryAfterSeconds: waitSeconds })
    const results = await parts.ingest({ ...caller, messages, sentAt })
    parts.onResults(caller, messages, results)
    if (results.every(({ status }) => status === 'rejected')) return problem(allRefused(results), { results })
    return { status: 202, type: 'application/json; charset=utf-8', body: JSON.stringify({ results }) }
  }

  function refuse(error: unknown): Reply {
    const refusal = toTrackError(error)
    const reply = problem(refusal, {}, (requestId) => logRefusal(parts.logger, refusal, requestId))
    return NO_SITE.has(refusal.code) ? { ...reply, isForNobody: true } : reply
  }

  function problem(refusal: TrackError, more: object, log?: (requestId: string) => void): Reply {
    const requestId = parts.newId()
    log?.(requestId)
    const wait = refusal.retryAfterSeconds === undefined ? {} : { more: ['retry-after', String(refusal.retryAfterSeconds)] }
    const type = 'application/problem+json; charset=utf-8'
    return { status: ERRORS[refusal.code].status, type, body: problemText(refusal, requestId, more), ...wait }
  }

  /** Pages of listed origins may read the answer, a refusal too. */
  async function headersFor({ headers: { origin } }: IncomingMessage, { isForNobody }: Reply): Promise<readonly string[]> {
    if (origin === undefined || isForNobody) return corsHeaders(undefined, undefined)
    return corsHeaders(origin, await parts.sites.ofOrigin(origin))
  }

  function send(response: ServerResponse, { status, type, body, more = [] }: Reply, headers: readonly string[]): void {
    const length = ['content-type', type, 'content-length', String(Buffer.byteLength(body))]
    const last = isClosing || status === ERRORS.BODY_TOO_LARGE.status ? ['connection', 'close'] : []
    response.writeHead(status, [...headers, ...length, ...more, ...last])
    response.end(body)
  }

  return {
    isFor: ({ method, url = '' }) => method === 'POST' && ENVELOPE_READERS.has(pathOf(url)),
    async answer(request, response) {
      const reply = await track(request).catch(refuse)
      send(response, reply, await headersFor(request, reply).catch(() => corsHeaders(undefined, undefined)))
    },
    beginClosing() {
      isClosing = true
    },
  }
}

function readEnvelope({ url = '' }: IncomingMessage, body: unknown) {
  const read = ENVELOPE_READERS.get(pathOf(url))
  if (!read) throw new TrackError('NOT_FOUND', `there is nothing at POST ${pathOf(url)}`)
  return read(body)
}

function pathOf(url: string): string {
  const query = url.indexOf('?')
  return query === -1 ? url : url.slice(0, query)
}

/** Nothing was stored: the first refusal speaks for all, and each message has its result all the same. */
function allRefused(results: MessageResult[]): TrackError {
  const [first] = results
  const more = results.length > 1 ? ` (and ${results.length - 1} more; see "results")` : ''
  // The flow takes every code from the table of errors.
  const code = (first?.error?.code ?? 'MESSAGE_INVALID') as ErrorCode
  return new TrackError(code, `${first?.error?.message}${more}`)
}
