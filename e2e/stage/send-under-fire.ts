import { setTimeout as pause } from 'node:timers/promises'
import { mintToken } from './mint-token.ts'
import type { Somebody } from './mint-token.ts'
import type { Stage } from './open-stage.ts'
import type { seedRandom } from './seed-random.ts'
import { post } from './send-events.ts'
import type { Message, Reply } from './send-events.ts'

const BAD_EVENT_PROBABILITY = 0.1
/** Before a request that got no answer is sent again. */
const MAX_RETRY_PAUSE_MS = 200

/** Somebody on one of the stage's sites. */
export interface Visitor extends Somebody {
  site: string
  audience: string
}

/** Everything that was answered, by message id. */
export interface Ledger {
  /** Answered `queued` or `duplicate`: promised. With whom it is about. */
  accepted: Map<string, Visitor>
  rejected: Set<string>
  /** Requests that had to be sent again because no answer came, or 503. */
  retriedRequests: number
  answeredRequests: number
  /** Answered 503, with `Retry-After`; they were sent again. */
  refusedRequests: number
}

export function openLedger(): Ledger {
  return { accepted: new Map(), rejected: new Set(), retriedRequests: 0, answeredRequests: 0, refusedRequests: 0 }
}

/** Who sends how much at a time. */
export interface Load {
  people: number
  /** Events of a request: one of these, at random. */
  batches: readonly number[]
  /** Longest pause between two requests of one sender. */
  maxPauseMs: number
}

const USUAL_LOAD: Load = { people: 40, batches: [1, 10], maxPauseMs: 20 }

export interface Sender {
  stage: Stage
  random: ReturnType<typeof seedRandom>
  ledger: Ledger
  accounts: number
  isDone: () => boolean
  load?: Load
}

/** Sends events for somebody, each request until it is answered, until it is told to be done. */
export async function sendUnderFire(sender: Sender): Promise<void> {
  const { random, ledger, isDone, load = USUAL_LOAD } = sender
  while (!isDone()) {
    const person = pickPerson(sender, load)
    const length = load.batches[random.between(0, load.batches.length - 1)] ?? 1
    const batch = Array.from({ length }, () => newMessage(random.isOnce(BAD_EVENT_PROBABILITY)))
    const reply = await sendUntilAnswered(sender, person, batch)
    for (const { messageId, status } of reply.body.results ?? []) {
      if (status === 'rejected') ledger.rejected.add(messageId)
      else ledger.accepted.set(messageId, person)
    }
    await pause(random.between(0, load.maxPauseMs))
  }
}

function pickPerson({ random, accounts }: Sender, { people }: Load): Visitor {
  const account = random.between(1, accounts)
  const id = `person-${random.between(1, people)}`
  const email = `${id}@example.com`
  if (account === 1) return { id, email, site: 'main', audience: 'trackline' }
  return { id, email, site: `site-${account}`, audience: `trackline-${account}` }
}

/** The same messages with the same ids, again and again. What is neither 202, 422 for "all rejected" nor 503 with Retry-After fails the test. */
async function sendUntilAnswered({ stage, random, ledger }: Sender, person: Visitor, batch: Message[]): Promise<Reply> {
  const headers = { authorization: `Bearer ${await mintToken(stage.env, person, { audience: person.audience })}` }
  for (;;) {
    const reply = await post(`${stage.proxyUrl}/v1/batch?site=${person.site}`, { batch }, headers).catch(() => undefined)
    if (reply?.status === 202 || (reply?.status === 422 && reply.body.results)) {
      ledger.answeredRequests += 1
      return reply
    }
    if (reply?.status === 503 && Number(reply.retryAfter) > 0) ledger.refusedRequests += 1
    else if (reply) throw new Error(`the proxy answered ${reply.status}: ${JSON.stringify(reply.body)}`)
    ledger.retriedRequests += 1
    await pause(random.between(1, MAX_RETRY_PAUSE_MS))
  }
}

/** The id stands in a property too: there HubSpot shows it. */
function newMessage(isBad: boolean): Message {
  const messageId = crypto.randomUUID()
  const properties = { transactionId: messageId, amount: 1, currency: 'EUR', recipient: 'Mary Somerville' }
  return { event: isBad ? 'transaction_initated' : 'transaction_initiated', messageId, properties }
}
