import { describeShape } from '../options/describe-value.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'

export interface TimeLimits {
  readonly nowMs: number
  /** How far the issuer's clock and ours may be apart, in seconds. */
  readonly toleranceSeconds: number
  readonly maxLifetimeSeconds: number | undefined
  /** How long the proof itself is good; where there is one, `exp` may be absent. */
  readonly keepUntil?: Date | undefined
}

const MAX_AHEAD_SECONDS = 400 * 86_400

/**
 * Checks `iat`, `nbf` and `exp`, in this order: `expired` is thrown only when nothing else is wrong.
 * A token is good until, and not including, the moment `exp` + tolerance.
 * @returns the moment of `exp`, without tolerance, or `keepUntil` where that is earlier.
 * @throws SessionError `claim_missing`, `claim_malformed`, `not_yet_valid`, `lifetime_too_long`, `expired`
 */
export function checkTimes(claims: Claims, { nowMs, toleranceSeconds, maxLifetimeSeconds, keepUntil }: TimeLimits): Date {
  const keepUntilMs = keepUntil?.getTime() ?? Number.POSITIVE_INFINITY
  const expiresAt = required(seconds(claims, 'exp') ?? (keepUntil && keepUntilMs / 1000), 'exp')
  const latestStartMs = nowMs + toleranceSeconds * 1000
  refuseLater(seconds(claims, 'iat'), latestStartMs, 'iat')
  refuseLater(seconds(claims, 'nbf'), latestStartMs, 'nbf')
  if (expiresAt * 1000 > nowMs + MAX_AHEAD_SECONDS * 1000) {
    throw new SessionError('lifetime_too_long', { where: 'exp', expected: 'at most 400 days ahead' })
  }
  if (maxLifetimeSeconds !== undefined) {
    checkLifetime(expiresAt - required(seconds(claims, 'iat'), 'iat'), maxLifetimeSeconds)
  }
  const end = new Date(expiresAt * 1000)
  if (nowMs < end.getTime() + toleranceSeconds * 1000) return new Date(Math.min(end.getTime(), keepUntilMs))
  throw new SessionError('expired', { where: 'exp', got: end.toISOString() })
}

/** A NumericDate (RFC 7519, 2): seconds since 1970, fractions allowed. */
function seconds(claims: Claims, name: string): number | undefined {
  const value = claims[name]
  if (value === undefined) return undefined
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value
  throw new SessionError('claim_malformed', { where: name, expected: 'seconds since 1970', got: describeShape(value) })
}

function required(value: number | undefined, where: string): number {
  if (value === undefined) throw new SessionError('claim_missing', { where })
  return value
}

function refuseLater(value: number | undefined, latestMs: number, where: string): void {
  if (value !== undefined && value * 1000 > latestMs) throw new SessionError('not_yet_valid', { where, got: `${value} seconds` })
}

function checkLifetime(lifetimeSeconds: number, maxLifetimeSeconds: number): void {
  if (lifetimeSeconds <= maxLifetimeSeconds) return
  throw new SessionError('lifetime_too_long', { expected: `at most ${maxLifetimeSeconds} s`, got: `${lifetimeSeconds} s` })
}
