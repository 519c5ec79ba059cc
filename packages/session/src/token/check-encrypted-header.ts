import { describeValue } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import { keyIdParameter, refuseStrangers, textParameter } from './check-header.ts'
import type { Claims } from './strict-json.ts'

/** The header parameters of an encrypted token that we read; as sent, and not yet trusted. */
export interface EncryptedHeader {
  readonly enc: string
  readonly typ?: string
}

// No zip: a few bytes could unpack to gigabytes. No p2c, p2s, epk, apu: they belong to ways of making a key that let the
// sender decide how long we compute.
const ALLOWED: ReadonlySet<string> = new Set(['alg', 'enc', 'kid', 'typ', 'cty'])

/**
 * Accepts the one way in which the key is agreed beforehand ('dir', RFC 7518, 4.5).
 * @throws SessionError `header_not_allowed`, `header_malformed`, `alg_not_allowed`
 */
export function checkEncryptedHeader(header: Claims): EncryptedHeader {
  refuseStrangers(header, ALLOWED)
  textParameter(header, 'cty')
  keyIdParameter(header)
  const typ = textParameter(header, 'typ')
  const alg = textParameter(header, 'alg')
  const enc = textParameter(header, 'enc')
  if (alg === undefined) throw new SessionError('header_malformed', { where: 'alg', expected: 'a string', got: 'undefined' })
  if (alg !== 'dir') throw new SessionError('alg_not_allowed', { where: 'alg', expected: 'dir', got: describeValue(alg) })
  if (enc === undefined) throw new SessionError('header_malformed', { where: 'enc', expected: 'a string', got: 'undefined' })
  return { enc, ...(typ !== undefined && { typ }) }
}
