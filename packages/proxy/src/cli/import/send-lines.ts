import { createHash } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { MAX_BATCH_EVENTS, MAX_BODY_BYTES } from '@trackline/shared'
import type { MessageResult } from '@trackline/shared'
import { askService } from '../track/ask-service.ts'
import type { Service } from '../track/find-service.ts'
import type { Line } from './read-lines.ts'

const STORED = 202
const ALL_REJECTED = 422
/** The service asks for time, or stands still for a moment: the same batch is sent again, whose events are stored once. */
const PASSING: readonly number[] = [429, 502, 503, 504]
/** Of those in a row that do not say how long they last. */
const MAX_FAILURES = 10
const FIRST_WAIT_SECONDS = 1
const MAX_WAIT_SECONDS = 30
/** What stands around the messages of a batch. */
const ENVELOPE_BYTES = '{"batch":[]}'.length

/** What became of a line. */
export type Outcome = { line: Line } & ({ status: 'queued' | 'duplicate' } | { status: 'rejected'; code?: string; why: string })

/**
 * Sends events in batches, one after the other, so that their order stays, and says of each line what became of it.
 *
 * A message without a messageId is given one made of what it says, so that a file that is imported again brings no event twice.
 *
 * @throws Error when the service takes none for another reason than the events themselves; all that was told of before is stored
 */
export async function* sendLines(service: Service, lines: AsyncIterable<Line>): AsyncGenerator<Outcome> {
  let batch: Sendable[] = []
  let bytes = ENVELOPE_BYTES
  for await (const line of lines) {
    const sendable = toSendable(line)
    if (batch.length === MAX_BATCH_EVENTS || bytes + sendable.bytes > MAX_BODY_BYTES) {
      yield* await sendBatch(service, batch)
      batch = []
      bytes = ENVELOPE_BYTES
    }
    batch.push(sendable)
    bytes += sendable.bytes
  }
  if (batch.length) yield* await sendBatch(service, batch)
}

/** A line on its way: as a message, or with the reason why it is not sent. */
interface Sendable {
  line: Line
  json?: string
  /** With the comma behind it. */
  bytes: number
  refused?: Outcome
}

function toSendable(line: Line): Sendable {
  if ('problem' in line) return { line, bytes: 0, refused: { line, status: 'rejected', why: line.problem } }
  const json = JSON.stringify(withId(line.message))
  const bytes = Buffer.byteLength(json) + 1
  if (ENVELOPE_BYTES + bytes <= MAX_BODY_BYTES) return { line, json, bytes }
  return { line, bytes: 0, refused: { line, status: 'rejected', code: 'BODY_TOO_LARGE', why: `it has more than ${MAX_BODY_BYTES} bytes` } }
}

function withId(message: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (message.messageId !== undefined && message.messageId !== null) return message
  return { ...message, messageId: `import-${createHash('sha256').update(JSON.stringify(message)).digest('base64url')}` }
}

/** What became of each, in their order. */
async function sendBatch(service: Service, batch: Sendable[]): Promise<Outcome[]> {
  const messages = batch.flatMap(({ json }) => json ?? [])
  const results = messages.length ? await resultsOf(service, `{"batch":[${messages.join(',')}]}`) : []
  if (results.length !== messages.length) throw new Error(`${service.url} answered ${results.length} results to ${messages.length} events: is it Trackline of this version?`)
  let next = 0
  return batch.map(({ line, refused }) => refused ?? toOutcome(line, results[next++] as MessageResult)) // As many were counted.
}

function toOutcome(line: Line, { status, error }: MessageResult): Outcome {
  return status === 'rejected' ? { line, status, code: error?.code ?? '', why: error?.message ?? '' } : { line, status }
}

async function resultsOf(service: Service, body: string): Promise<MessageResult[]> {
  for (let failures = 0; ; ) {
    const asked = await askService(service, '/v1/batch', { method: 'POST', body }).catch((error: unknown) => {
      if (failures + 1 >= MAX_FAILURES) throw error
    })
    const results: unknown = Reflect.get(Object(asked?.body), 'results')
    // The shape that the service's own schema gives its replies.
    if (asked && (asked.status === STORED || asked.status === ALL_REJECTED) && Array.isArray(results)) return results as MessageResult[]
    if (asked && !PASSING.includes(asked.status)) throw asked.problem()
    // Whoever says how long has a reason, such as an outbox that is full until HubSpot has taken some of it: that may last.
    if (asked?.retryAfterSeconds === undefined) failures += 1
    if (asked && failures >= MAX_FAILURES) throw asked.problem()
    await setTimeout(1_000 * (asked?.retryAfterSeconds ?? Math.min(MAX_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (failures - 1))))
  }
}
