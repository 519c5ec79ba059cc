import { createHash } from 'node:crypto'
import { TrackError } from '../errors.ts'
import type { Row, RowStatus } from '../outbox/event.ts'
import type { Store } from '../outbox/store.ts'

export interface ReceiptParts {
  store: Pick<Store, 'findEvent' | 'findPayloads'>
  sign: (claims: object) => Promise<string>
  /** The proxy's public address. */
  issuer: string
  now: () => Date
  newId: () => string
}

export interface IssuedReceipt {
  /** A compact JWS. */
  receipt: string
  /** What its digest is of: the event as it is stored, as JSON. */
  payload: string
}

/**
 * Says, signed, how an event stands: that it was accepted and when, and for each target whether HubSpot has taken it. Made from the
 * stored rows when it is asked for, so that events for which nobody asks cost nothing.
 *
 * @throws TrackError `EVENT_NOT_FOUND`
 */
export async function issueReceipt(parts: ReceiptParts, query: { account: number; site: string; messageId: string; subject?: string }): Promise<IssuedReceipt> {
  const [rows, statuses] = await Promise.all([parts.store.findPayloads(query), parts.store.findEvent(query)])
  const latest = rows.toSorted((a, b) => b.receivedAt - a.receivedAt)[0]
  if (!latest) throw new TrackError('EVENT_NOT_FOUND')
  const payload = payloadOf(latest)
  const id = parts.newId()
  const claims = {
    iss: parts.issuer,
    iat: Math.floor(parts.now().getTime() / 1_000),
    jti: id,
    site: query.site,
    portal: query.account,
    message_id: latest.messageId,
    payload_sha256: digestOf(payload),
    // With the receipt's own id, so that two receipts do not show that they are about one person.
    ...(latest.person.email === undefined ? {} : { email_sha256: digestOf(`${id} ${latest.person.email}`) }),
    received_at: new Date(latest.receivedAt).toISOString(),
    deliveries: statuses.filter(({ eventId }) => eventId === latest.eventId).map(deliveryOf),
  }
  return { receipt: await parts.sign(claims), payload }
}

function payloadOf({ name, messageId, occurredAt, properties, extraData }: Row): string {
  return JSON.stringify({ event: name, messageId, occurredAt: new Date(occurredAt).toISOString(), properties, ...(extraData === undefined ? {} : { extraData }) })
}

function deliveryOf({ target, eventId, state, settledAt }: RowStatus) {
  return { target, eventId, state, ...(settledAt === undefined ? {} : { settledAt: new Date(settledAt).toISOString() }) }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}
