import { checkTimes } from './claims/check-times.ts'
import type { IsDenied } from './deny/refuse-denied.ts'
import { refuseDenied } from './deny/refuse-denied.ts'
import type { KeyStore } from './keys/key-store.ts'
import type { SharedKeySets } from './keys/shared-key-sets.ts'
import { checkedClock } from './options/checked-clock.ts'
import { checkOptions } from './options/check-options.ts'
import { FUNCTION } from './options/text-rules.ts'
import { choosePresets } from './presets/choose-presets.ts'
import type { SessionPreset, World } from './presets/session-preset.ts'
import { SessionError } from './session-error.ts'
import type { SessionErrorCode } from './session-error.ts'
import { readSessionToken } from './token/read-session-token.ts'
import type { FoundToken, SessionInput } from './token/read-session-token.ts'
import { readToken } from './token/read-token.ts'
import type { Token } from './token/read-token.ts'
import type { Claims } from './token/strict-json.ts'

/** Who is signed in, as a verified token says. */
export interface Session {
  readonly subject: string
  readonly issuer?: string
  /** Absent when the token has none, a malformed one, or one that its issuer calls unverified. */
  readonly email?: string
  /** Absent when the token does not say. */
  readonly emailVerified?: boolean
  /** True when somebody else acts in the name of the person and the preset says to flag it; else absent. */
  readonly impersonated?: true
  /** The token's `exp`, without tolerance, or where its proof ends earlier: keep a verified session no longer than this. */
  readonly expiresAt: Date
  /** All claims, frozen, without prototypes. */
  readonly claims: Claims
}

export interface VerifyOptions {
  /** The clock. Default: the system's. */
  now?: () => Date
  /** How far the issuer's clock and ours may be apart, in seconds, 0 to 120. Default 30. */
  toleranceSeconds?: number
  /**
   * Says whether a session that is good otherwise is refused all the same: because somebody signed out everywhere, or was
   * blocked. Asked at each call, so it acts at once. See `denyList`; if you keep verified sessions, ask `refuseDenied` too.
   */
  isDenied?: IsDenied
  /** Where key sets survive a restart during the identity provider's outage. Without it they live in memory. */
  keyStore?: KeyStore
  /** Key sets that several presets share; see `sharedKeySets`. Without it each preset has its own. */
  keySets?: SharedKeySets
  /**
   * What loads key sets and asks endpoints, for presets that were given no `fetch` of their own: where others choose the addresses,
   * one that keeps to the public internet. Default: the runtime's.
   */
  fetch?: typeof globalThis.fetch
}

export const DEFAULT_TOLERANCE_SECONDS = 30
const MAX_TOLERANCE_SECONDS = 120
const RULES = {
  now: FUNCTION,
  toleranceSeconds: {
    expected: `a number of seconds from 0 to ${MAX_TOLERANCE_SECONDS}`,
    accepts: (value: unknown) => typeof value === 'number' && value >= 0 && value <= MAX_TOLERANCE_SECONDS,
  },
  isDenied: { ...FUNCTION, loosens: true },
  keyStore: {
    expected: 'an object with read(name) and write(name, text)',
    accepts: (value: unknown) => ['read', 'write'].every((name) => typeof Reflect.get(Object(value), name) === 'function'),
  },
  keySets: {
    expected: 'what sharedKeySets() returned',
    accepts: (value: unknown) => typeof Reflect.get(Object(value), 'get') === 'function',
  },
  fetch: FUNCTION,
} as const
const MOST_TELLING_FIRST: readonly SessionErrorCode[] = ['SESSION_EXPIRED', 'SESSION_KEYS_UNAVAILABLE', 'SESSION_INVALID']

/**
 * Verifies a session token, or the one that a request carries, and says who is signed in.
 *
 * With several presets, those that name the token's issuer are tried (if none does, those that name no issuer), and
 * the first that accepts the token wins. The order of checks: form, proof (signature, decryption or answer), claims, times,
 * deny list.
 * @throws SessionError `SESSION_MISSING`, `SESSION_EXPIRED`, `SESSION_INVALID` (answer 401) or
 *   `SESSION_KEYS_UNAVAILABLE` (answer 503), with the precise reason for the log.
 * @throws TypeError for a mistake in the options.
 */
export async function verifySession(
  input: SessionInput,
  preset: SessionPreset | readonly SessionPreset[],
  options?: VerifyOptions,
): Promise<Session> {
  return (await verifyAndLocate(input, preset, options)).session
}

/** A session, where its token was, and which of the presets accepted it. */
export interface LocatedSession {
  session: Session
  from: FoundToken['from']
  preset: SessionPreset
}

/** The same, with where the token was and whose rules it met: what its claims mean is for that preset alone to say. */
export async function verifyAndLocate(
  input: SessionInput,
  preset: SessionPreset | readonly SessionPreset[],
  options: VerifyOptions = {},
): Promise<LocatedSession> {
  checkOptions('verifySession', options, RULES)
  const presets = presetList(preset)
  const found = readSessionToken(input, presets)
  const reachable = presetsFor(found, presets)
  const token = readToken(found.token, reachable)
  const { now, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, keyStore, keySets, fetch } = options
  const circumstances = { now: checkedClock('verifySession', now), toleranceSeconds, keyStore, keySets, fetch }
  const { session, preset: accepting } = await firstAccepted(choosePresets(reachable, token), token, circumstances)
  await refuseDenied(session, options.isDenied)
  return { session, from: found.from, preset: accepting }
}

function presetList(preset: SessionPreset | readonly SessionPreset[]): SessionPreset[] {
  const presets = [preset].flat()
  if (presets.length > 0 && presets.every((each) => typeof each?.prove === 'function')) return presets
  throw new TypeError('verifySession: expected a preset, or a list of at least one, made by a function such as jwks or auth0')
}

/** A cookie speaks only for the presets that name it: the others never agreed to be reached across sites. */
function presetsFor(found: FoundToken, presets: readonly SessionPreset[]): readonly SessionPreset[] {
  return found.from === 'cookie' ? presets.filter(({ cookie }) => cookie === found.cookie) : presets
}

interface Circumstances extends World {
  readonly toleranceSeconds: number
}

async function firstAccepted(presets: readonly SessionPreset[], token: Token, circumstances: Circumstances): Promise<Pick<LocatedSession, 'session' | 'preset'>> {
  const refusals: SessionError[] = []
  for (const preset of presets) {
    try {
      return { session: await verifyWith(preset, token, circumstances), preset }
    } catch (error) {
      if (!(error instanceof SessionError)) throw error
      refusals.push(error)
    }
  }
  // Of those that tell as much, the one that may not be the last word.
  const rank = ({ code, retryAfterSeconds }: SessionError) => MOST_TELLING_FIRST.indexOf(code) * 2 + (retryAfterSeconds === undefined ? 1 : 0)
  refusals.sort((a, b) => rank(a) - rank(b))
  throw refusals[0]
}

async function verifyWith(preset: SessionPreset, token: Token, { toleranceSeconds, ...world }: Circumstances): Promise<Session> {
  const { claims, keepUntil } = await preset.prove(token, world)
  for (const rule of preset.claimRules) rule(claims)
  const subject = preset.readSubject(claims)
  const { maxLifetimeSeconds } = preset
  const expiresAt = checkTimes(claims, { nowMs: world.now().getTime(), toleranceSeconds, maxLifetimeSeconds, keepUntil })
  const flag = preset.isImpersonated(claims) ? { impersonated: true as const } : {}
  return { subject, ...issuerOf(claims), ...preset.readEmail(claims), ...flag, expiresAt, claims }
}

function issuerOf({ iss }: Claims): { issuer?: string } {
  return typeof iss === 'string' ? { issuer: iss } : {}
}
