import { describeShape, describeValue } from '../options/describe-value.ts'
import { isKeyId } from '../options/text-rules.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from './strict-json.ts'

/** The header parameters we read; the values are as sent and not yet trusted. */
export interface TokenHeader {
  readonly alg: string
  readonly kid?: string
  readonly typ?: string
  readonly cat?: string
  readonly x5t?: string
}

/** Parameters of one provider's tokens alone; a preset says which of them it takes. None of them brings a key or changes what is signed. */
export type ProviderParameter = 'cat' | 'x5t'

/** What a provider's own parameters may be; one that is not named is refused, one that is named may be absent. */
export type ProviderParameters = { readonly [Name in ProviderParameter]?: readonly string[] | 'any' }

const PROVIDER_PARAMETERS = ['cat', 'x5t'] as const satisfies ProviderParameter[]

// All others either bring a key of the sender's choice (jku, x5u, x5c, jwk) or change what is signed (b64, crit, zip).
const ALLOWED: ReadonlySet<string> = new Set(['alg', 'kid', 'typ', 'cty', ...PROVIDER_PARAMETERS])
const MAX_PARAMETER_CHARACTERS = 256

/** @throws SessionError `header_not_allowed`, `header_malformed` */
export function checkHeader(header: Claims): TokenHeader {
  refuseStrangers(header, ALLOWED)
  textParameter(header, 'cty')
  const alg = textParameter(header, 'alg')
  if (alg === undefined) throw malformed('alg', 'a string', undefined)
  const kid = keyIdParameter(header)
  const typ = textParameter(header, 'typ')
  const own = PROVIDER_PARAMETERS.map((name) => [name, textParameter(header, name)] as const).filter(([, value]) => value !== undefined)
  return { alg, ...(kid !== undefined && { kid }), ...(typ !== undefined && { typ }), ...Object.fromEntries(own) }
}

/** @throws SessionError `header_not_allowed`, `kind_not_allowed` */
export function checkProviderParameters(header: TokenHeader, accepted: ProviderParameters): void {
  for (const name of PROVIDER_PARAMETERS) {
    const value = header[name]
    const rule = accepted[name]
    if (value === undefined || rule === 'any') continue
    if (rule === undefined) throw new SessionError('header_not_allowed', { got: describeValue(name) })
    if (!rule.includes(value)) throw new SessionError('kind_not_allowed', { where: name, expected: rule.join(' or '), got: describeValue(value) })
  }
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
