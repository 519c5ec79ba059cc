import { AUDIENCE, ISSUER, NOW_SECONDS } from './moment.ts'
import type { Signer } from './signers.ts'

export type Members = Record<string, unknown>

export interface Forgery {
  /** Replaces the whole header: as members, as text, or as bytes. */
  header?: Members | string | Buffer
  payload?: Members | string | Buffer
  /** Makes the signature of the first two parts; default: the signer's own. */
  signBytes?: (bytes: Buffer) => Buffer
}

/** A good token of this signer, or one that is wrong in exactly the given part and validly signed all the same. */
export function forgeToken(signer: Signer, { header, payload, signBytes = signer.signBytes }: Forgery = {}): string {
  const parts = [bytesOf(header ?? goodHeader(signer)), bytesOf(payload ?? goodClaims(signer))] as const
  if (signer.write) return signer.write(...parts)
  const input = parts.map(encodePart).join('.')
  return `${input}.${signBytes(Buffer.from(input)).toString('base64url')}`
}

export function goodHeader({ alg, kid, good }: Signer): Members {
  return { ...(good?.header ?? { alg, kid, typ: 'JWT' }) }
}

export function goodClaims(signer?: Signer): Members {
  if (signer?.good) return { ...signer.good.claims }
  return {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ada',
    iat: NOW_SECONDS - 10,
    exp: NOW_SECONDS + 300,
    email: 'ada@example.com',
    email_verified: true,
  }
}

/** A signer that says what another one says, under its own name or under a header of choice. */
export function inPlaceOf(signer: Signer, stranger: Signer, header: Members = { alg: stranger.alg, kid: stranger.kid }): Signer {
  return { ...stranger, good: { header, claims: goodClaims(signer) } }
}

/** The good claims with some changed; `undefined` leaves a claim out. */
export function withClaims(signer: Signer, changes: Members): string {
  return forgeToken(signer, { payload: { ...goodClaims(signer), ...changes } })
}

export function withHeader(signer: Signer, changes: Members): string {
  return forgeToken(signer, { header: { ...goodHeader(signer), ...changes } })
}

export function encodePart(part: Members | string | Buffer): string {
  return bytesOf(part).toString('base64url')
}

function bytesOf(part: Members | string | Buffer): Buffer {
  return Buffer.isBuffer(part) ? part : Buffer.from(typeof part === 'string' ? part : JSON.stringify(part))
}
