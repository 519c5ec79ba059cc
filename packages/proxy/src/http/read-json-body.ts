import type { IncomingMessage } from 'node:http'
import { MAX_BODY_BYTES, quote } from '@trackline/shared'
import { parse } from 'secure-json-parse'
import { TrackError } from '../errors.ts'
import { whenKnown } from '../when-known.ts'

/** RFC 9110, 8.3.1: a media type, and parameters of which none changes what JSON means. */
const JSON_TYPE = /^application\/json\s*(?:;\s*[\w!#$%&'*+.^`|~-]+=(?:"[^"]*"|[\w!#$%&'*+.^`|~-]+)\s*)*$/i
/** Only such a text can have such a key; any other needs no second look. A byte order mark is taken off by the careful way. */
const MAY_REACH_A_PROTOTYPE = /^\uFEFF|__proto__|constructor|\\u00/
/** A key that would reach a prototype, once the object is merged into another, is refused wherever it stands. */
const REFUSE_PROTOTYPES = { protoAction: 'error', constructorAction: 'error' } as const

/**
 * Reads a request's body as JSON: at most {@link MAX_BODY_BYTES} bytes, sent as `application/json` and nothing else, because any page
 * may send a plain-text body without a preflight.
 *
 * @returns a promise only where the body has not come whole yet; undefined where there is none
 * @throws TrackError `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BODY_INVALID`, `REQUEST_INVALID`
 */
export function readJsonBody(request: IncomingMessage): unknown {
  if (isEmpty(request)) return undefined
  refuseOtherTypes(request)
  return whenKnown(readText(request), parseText)
}

function parseText(text: string): unknown {
  if (text === '') throw new TrackError('BODY_INVALID', 'the body is empty')
  try {
    return MAY_REACH_A_PROTOTYPE.test(text) ? parse(text, null, REFUSE_PROTOTYPES) : JSON.parse(text)
  } catch {
    throw new TrackError('BODY_INVALID', 'the body is not JSON')
  }
}

function isEmpty({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'] ?? '0'
  return headers['content-type'] === undefined && length === '0' && headers['transfer-encoding'] === undefined
}

function refuseOtherTypes({ headers }: IncomingMessage): void {
  if (headers['content-encoding'] !== undefined) throw new TrackError('CONTENT_TYPE_UNSUPPORTED', 'compressed bodies are not taken')
  const type = headers['content-type']
  if (type === 'application/json' || (type !== undefined && JSON_TYPE.test(type))) return
  throw new TrackError('CONTENT_TYPE_UNSUPPORTED', `the content type is not taken: ${quote(type)}`)
}

/** A body that has come whole already, as nearly every one has, comes without a promise. */
function readText(request: IncomingMessage): string | Promise<string> {
  const length = Number(request.headers['content-length'])
  if (length > MAX_BODY_BYTES) throw tooLarge()
  if (length > 0 && request.complete && request.readableLength === length) return String(request.read())
  if (request.destroyed) throw cutOff()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk)
      else reject(tooLarge())
    })
    request.on('end', () => resolve(chunks.length === 1 ? String(chunks[0]) : String(Buffer.concat(chunks))))
    // The client is gone: whoever waits must not wait for ever, although nobody will read the answer.
    request.on('error', (cause) => reject(cutOff(cause)))
  })
}

function cutOff(cause?: unknown): TrackError {
  return new TrackError('REQUEST_INVALID', 'the body ended before its end', { cause })
}

function tooLarge(): TrackError {
  return new TrackError('BODY_TOO_LARGE', `the body has more than ${MAX_BODY_BYTES} bytes`)
}
