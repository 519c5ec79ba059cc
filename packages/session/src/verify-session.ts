import { checkTimes } from './claims/check-times.ts'
import { readEmail } from './claims/read-email.ts'
import { readSubject } from './claims/read-subject.ts'
import { checkSignature } from './keys/check-signature.ts'
import { checkedClock } from './options/checked-clock.ts'
import { checkOptions } from './options/check-options.ts'
import { FUNCTION } from './options/text-rules.ts'
import { choosePresets } from './presets/choose-presets.ts'
import type { SessionPreset } from './presets/session-preset.ts'
import { SessionError } from './session-error.ts'
import type { SessionErrorCode } from './session-error.ts'
import { checkType } from './token/check-type.ts'
import { parseToken } from './token/parse-token.ts'
import type { ParsedToken } from './token/parse-token.ts'
import { readSessionToken } from './token/read-session-token.ts'
import type { FoundToken, SessionInput } from './token/read-session-token.ts'
import type { Claims } from './token/strict-json.ts'

/** Who is signed in, as a verified token says. */
export interface Session {
  readonly subject: string
  readonly issuer?: string
  /** Absent when the token has none, a malformed one, or one that its issuer calls unverified. */
  readonly email?: string
  /** Absent when the token does not say. */
  readonly emailVerified?: boolean
  /** The token's `exp`, without tolerance: keep a verified session no longer than this. */
  readonly expiresAt: Date
  /** All claims, frozen, without prototypes. */
  readonly claims: Claims
}

export interface VerifyOptions {
  /** The clock. Default: the system's. */
  now?: () => Date
  /** How far the issuer's clock and ours may be apart, in seconds, 0 to 120. Default 30. */
  toleranceSeconds?: number
}

const DEFAULT_TOLERANCE_SECONDS = 30
const MAX_TOLERANCE_SECONDS = 120
const RULES = {
  now: FUNCTION,
  toleranceSeconds: {
    expected: `a number of seconds from 0 to ${MAX_TOLERANCE_SECONDS}`,
    accepts: (value: unknown) => typeof value === 'number' && value >= 0 && value <= MAX_TOLERANCE_SECONDS,
  },
} as const
const MOST_TELLING_FIRST: readonly SessionErrorCode[] = ['SESSION_EXPIRED', 'SESSION_KEYS_UNAVAILABLE', 'SESSION_INVALID']

/**
 * Verifies a session token, or the one that a request carries, and says who is signed in.
 *
 * With several presets, those that name the token's issuer are tried (if none does, those that name no issuer), and
 * the first that accepts the token wins.
 * @throws SessionError `SESSION_MISSING`, `SESSION_EXPIRED`, `SESSION_INVALID` (answer 401) or
 *   `SESSION_KEYS_UNAVAILABLE` (answer 503), with the precise reason for the log.
 * @throws TypeError for a mistake in the options.
 */
export async function verifySession(
  input: SessionInput,
  preset: SessionPreset | readonly SessionPreset[],
  options: VerifyOptions = {},
): Promise<Session> {
  checkOptions('verifySession', options, RULES)
  const presets = presetList(preset)
  const found = readSessionToken(input, presets)
  const token = parseToken(found.token)
  const { now, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options
  const timing = { now: checkedClock('verifySession', now), toleranceSeconds }
  return firstAccepted(choosePresets(presetsFor(found, presets), token), token, timing)
}

function presetList(preset: SessionPreset | readonly SessionPreset[]): SessionPreset[] {
  const presets = [preset].flat()
  if (presets.length > 0 && presets.every((each) => typeof each?.findKey === 'function')) return presets
  throw new TypeError('verifySession: expected a preset, or a list of at least one, made by sharedSecret, publicKey or jwks')
}

/** A cookie speaks only for the presets that name it: the others never agreed to be reached across sites. */
function presetsFor(found: FoundToken, presets: readonly SessionPreset[]): readonly SessionPreset[] {
  return found.from === 'cookie' ? presets.filter(({ cookie }) => cookie === found.cookie) : presets
}

type Timing = Required<VerifyOptions>

async function firstAccepted(presets: readonly SessionPreset[], token: ParsedToken, timing: Timing): Promise<Session> {
  const refusals: SessionError[] = []
  for (const preset of presets) {
    try {
      return await verifyWith(preset, token, timing)
    } catch (error) {
      if (!(error instanceof SessionError)) throw error
      refusals.push(error)
    }
  }
  refusals.sort((a, b) => MOST_TELLING_FIRST.indexOf(a.code) - MOST_TELLING_FIRST.indexOf(b.code))
  throw refusals[0]
}

async function verifyWith(preset: SessionPreset, token: ParsedToken, { now, toleranceSeconds }: Timing): Promise<Session> {
  checkType(token.header, preset.types)
  await checkSignature(token, await preset.findKey(token.header, now), preset.algorithms)
  for (const rule of preset.claimRules) rule(token.claims)
  const subject = readSubject(token.claims)
  const { maxLifetimeSeconds, emailPath } = preset
  const expiresAt = checkTimes(token.claims, { nowMs: now().getTime(), toleranceSeconds, maxLifetimeSeconds })
  return { subject, ...issuerOf(token.claims), ...readEmail(token.claims, emailPath), expiresAt, claims: token.claims }
}

function issuerOf({ iss }: Claims): { issuer?: string } {
  return typeof iss === 'string' ? { issuer: iss } : {}
}
