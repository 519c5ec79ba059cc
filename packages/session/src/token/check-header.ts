import { describeShape, describeValue } from '../options/describe-value.ts'
import { isKeyId } from '../options/text-rules.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from './strict-json.ts'

/** The header parameters we read; the values are as sent and not yet trusted. */
export interface TokenHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
}

// All others either bring a key of the sender's choice (jku, x5u, x5c, jwk) or change what is signed (b64, crit, zip).
const ALLOWED: ReadonlySet<string> = new Set(['alg', 'kid', 'typ', 'cty'])
const MAX_PARAMETER_CHARACTERS = 256

/** @throws SessionError `header_not_allowed`, `header_malformed` */
export function checkHeader(header: Claims): TokenHeader {
  refuseStrangers(header, ALLOWED)
  textParameter(header, 'cty')
  const alg = textParameter(header, 'alg')
  if (alg === undefined) throw malformed('alg', 'a string', undefined)
  const kid = keyIdParameter(header)
  const typ = textParameter(header, 'typ')
  return { alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }) }
}

/** @throws SessionError `header_not_allowed` for a parameter that is not among the allowed */
export function refuseStrangers(header: Claims, allowed: ReadonlySet<string>): void {
  const stranger = Object.keys(header).find((name) => !allowed.has(name))
  if (stranger === undefined) return
  throw new SessionError('header_not_allowed', { expected: [...allowed].join(', '), got: describeValue(stranger) })
}

export function textParameter(header: Claims, name: string): string | undefined {
  const value = header[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value.length > 0 && value.length <= MAX_PARAMETER_CHARACTERS) return value
  throw malformed(name, `a string of 1 to ${MAX_PARAMETER_CHARACTERS} characters`, value)
}

export function keyIdParameter(header: Claims): string | undefined {
  const { kid } = header
  if (kid === undefined || isKeyId(kid)) return kid
  throw malformed('kid', '1 to 256 printable ASCII characters', kid)
}

function malformed(where: string, expected: string, value: unknown): SessionError {
  return new SessionError('header_malformed', { where, expected, got: describeShape(value) })
}
