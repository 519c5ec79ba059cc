import { base64url } from 'jose'
import { checkSignature } from '../keys/check-signature.ts'
import { keysOfSet } from '../keys/keys-of-set.ts'
import { pickKey } from '../keys/pick-key.ts'
import { checkOptions } from '../options/check-options.ts'
import { EXACT_TEXT } from '../options/text-rules.ts'
import { SessionError } from '../session-error.ts'
import { parseToken } from '../token/parse-token.ts'
import type { ParsedToken } from '../token/parse-token.ts'
import type { Claims } from '../token/strict-json.ts'

/** What a proxy says of one event at one moment. Times are ISO 8601. */
export interface Receipt {
  /** The proxy that says it: its public address. */
  issuer: string
  /** When it said it. */
  issuedAt: Date
  site: string
  /** Number of the HubSpot account. */
  portal: number
  messageId: string
  receivedAt: string
  /** One for each target; `delivered` with `settledAt` says that HubSpot has taken the event, under `eventId`. */
  deliveries: readonly { target: string; eventId: string; state: string; settledAt?: string }[]
}

export interface VerifyReceiptOptions {
  /** The proxy's key set, as it publishes it at `/.well-known/trackline-jwks.json`; keep a copy to verify without it. */
  keys: unknown
  /** The proxy's public address, exactly. */
  issuer: string
  /** The event as the proxy gave it out beside the receipt: the very text. Without it, what the event held is not proven. */
  payload?: string
  /** The email whose timeline it was written to. Without it, whose event it was is not proven. */
  email?: string
}

/** Why a receipt proves nothing. */
export class ReceiptError extends Error {
  override readonly name = 'ReceiptError'
}

/** Neither a session token nor anything else that we make is called so. */
const TYPE = 'trackline-receipt+jwt'
const RULES = { issuer: { ...EXACT_TEXT, required: true }, payload: { expected: 'a text', accepts: isText, secret: true, loosens: true }, email: { expected: 'a text', accepts: isText, secret: true, loosens: true } } as const

/**
 * Verifies a receipt that a proxy gave out for an event: nobody need be asked, and no clock is read, since what was true stays so.
 *
 * @throws ReceiptError when the receipt, or what was given beside it, is not what the proxy signed
 * @throws TypeError for a mistake in the options
 */
export async function verifyReceipt(receipt: string, { keys, ...options }: VerifyReceiptOptions): Promise<Receipt> {
  checkOptions('verifyReceipt', options, RULES)
  const { claims } = await proven(receipt, keys)
  const { issuer, payload, email } = options
  if (claims.iss !== issuer) throw new ReceiptError('the receipt is of another proxy')
  if (payload !== undefined && claims.payload_sha256 !== (await digestOf(payload))) throw new ReceiptError('the receipt is for another payload')
  if (email !== undefined && claims.email_sha256 !== (await digestOf(`${String(claims.jti)} ${email}`))) throw new ReceiptError('the receipt is for another email')
  return readReceipt(claims)
}

async function proven(receipt: string, keys: unknown): Promise<ParsedToken> {
  try {
    const token = parseToken(receipt)
    if (token.header.typ !== TYPE) throw new ReceiptError('it is not a receipt')
    const key = pickKey(keysOfSet(keys, ['ES256']), token.header)
    if (!key) throw new ReceiptError('no key of the set has signed it')
    await checkSignature(token, await key.cryptoKey(), ['ES256'])
    return token
  } catch (cause) {
    if (cause instanceof SessionError) throw new ReceiptError('the receipt is not what a proxy signed', { cause })
    throw cause
  }
}

/** The proxy whose key signed it wrote each of these. */
function readReceipt({ iss, iat, site, portal, message_id: messageId, received_at: receivedAt, deliveries }: Claims): Receipt {
  const plain = { issuer: iss, issuedAt: new Date(Number(iat) * 1000), site, portal, messageId, receivedAt, deliveries }
  return plain as unknown as Receipt
}

async function digestOf(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}
