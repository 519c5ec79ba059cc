import type { IncomingMessage } from 'node:http'
import { MAX_BODY_BYTES, quote } from '@trackline/shared'
import { parse } from 'secure-json-parse'
import { TrackError } from '../errors.ts'

/** RFC 9110, 8.3.1: a media type, and parameters of which none changes what JSON means. */
const JSON_TYPE = /^application\/json\s*(?:;\s*[\w!#$%&'*+.^`|~-]+=(?:"[^"]*"|[\w!#$%&'*+.^`|~-]+)\s*)*$/i
/** A key that would reach a prototype, once the object is merged into another, is refused wherever it stands. */
const REFUSE_PROTOTYPES = { protoAction: 'error', constructorAction: 'error' } as const

/**
 * Reads a request's body as JSON: at most {@link MAX_BODY_BYTES} bytes, sent as `application/json` and nothing else, because any page
 * may send a plain-text body without a preflight.
 *
 * @returns undefined where there is no body
 * @throws TrackError `CONTENT_TYPE_UNSUPPORTED`, `BODY_TOO_LARGE`, `BODY_INVALID`, `REQUEST_INVALID`
 */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  if (isEmpty(request)) return undefined
  refuseOtherTypes(request)
  const text = await readText(request)
  if (text === '') throw new TrackError('BODY_INVALID', 'the body is empty')
  try {
    return parse(text, null, REFUSE_PROTOTYPES)
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

function readText(request: IncomingMessage): Promise<string> {
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLarge()
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
    request.on('error', (cause) => reject(new TrackError('REQUEST_INVALID', 'the body ended before its end', { cause })))
  })
}

function tooLarge(): TrackError {
  return new TrackError('BODY_TOO_LARGE', `the body has more than ${MAX_BODY_BYTES} bytes`)
}
