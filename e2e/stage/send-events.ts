import { mintToken } from './mint-token.ts'
import type { Somebody } from './mint-token.ts'
import type { Stage } from './open-stage.ts'

export interface Message {
  event: string
  messageId?: string
  timestamp?: string | number
  properties?: Record<string, unknown>
  extraData?: unknown
  [member: string]: unknown
}

export interface Reply {
  status: number
  /** Of the header `Retry-After`. */
  retryAfter: string | null
  body: {
    code?: string
    detail?: string
    results?: { messageId: string; status: 'queued' | 'duplicate' | 'rejected'; error?: { code: string; message: string } }[]
  }
}

/** `GET /v1/events/{messageId}` */
export interface EventStatus {
  messageId: string
  state: 'needs_identity' | 'due' | 'delivered' | 'dead'
  attempts: number
  occurredAt: string
  deliveries: DeliveryStatus[]
}

export interface DeliveryStatus {
  state: string
  attempts: number
  eventId: string
  settledAt?: string
  nextAttemptAt?: string
  code?: string
  detail?: string
}

type Proxy = Pick<Stage, 'proxyUrl' | 'env'>

/** Sends JSON to the proxy, as a page or server would. */
export async function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> {
  const json = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers: { ...json, ...headers }, body: JSON.stringify(body) })
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() }
}

/** Sends messages in one request, with a session token of this person, to the site `main`. */
export async function sendEvents({ proxyUrl, env }: Proxy, person: Somebody, batch: Message[]): Promise<Reply> {
  return post(`${proxyUrl}/v1/batch?site=main`, { batch }, { authorization: `Bearer ${await mintToken(env, person)}` })
}

/** Asks what became of a message; undefined when this person sent none with the id. */
export async function askStatus({ proxyUrl, env }: Proxy, person: Somebody, messageId: string): Promise<EventStatus | undefined> {
  const headers = { authorization: `Bearer ${await mintToken(env, person)}` }
  const response = await fetch(`${proxyUrl}/v1/events/${encodeURIComponent(messageId)}?site=main`, { headers })
  if (response.status === 404) return undefined
  if (!response.ok) throw new Error(`the proxy answered ${response.status}: ${await response.text()}`)
  return response.json()
}
