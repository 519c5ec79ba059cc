import { checkTimes } from '../claims/check-times.ts'
import { checkedClock } from '../options/checked-clock.ts'
import { choosePresets } from '../presets/choose-presets.ts'
import type { SessionPreset, World } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import { readToken } from '../token/read-token.ts'
import type { Token } from '../token/read-token.ts'
import type { Claims } from '../token/strict-json.ts'
import { DEFAULT_TOLERANCE_SECONDS } from '../verify-session.ts'
import type { VerifyOptions } from '../verify-session.ts'

/** What one preset makes of a token: every rule that refuses it, where `verifySession` stops at the first. */
export interface PresetVerdict {
  readonly preset: SessionPreset
  /** `verifySession` with the same presets would ask this one, and it would accept. */
  readonly accepts: boolean
  /** False where another preset is meant, by the token's issuer or form: then neither its keys nor its endpoint were asked. */
  readonly isTried: boolean
  /** Whether the preset vouches for the claims: by signature, decryption or answer. */
  readonly isProven: boolean
  readonly refusals: readonly SessionError[]
  /** As far as they could be read; to be believed only where `isProven`. */
  readonly claims?: Claims
  readonly header?: Readonly<Record<string, unknown>>
}

/**
 * Holds a token against each preset and says every rule that refuses it, for a person who looks for a mistake. No session comes
 * of it: whoever lets somebody in calls `verifySession`. The deny list is not asked.
 * @param now  the clock. Default: the system's
 * @param fetch  as for `verifySession`
 * @returns one verdict for each preset, in their order. Never throws for a bad token.
 */
export async function inspectToken(token: string, presets: readonly SessionPreset[], { now, fetch }: Pick<VerifyOptions, 'now' | 'fetch'> = {}): Promise<PresetVerdict[]> {
  const world = { now: checkedClock('inspectToken', now), fetch }
  const tried = triedPresets(token, presets)
  return Promise.all(presets.map((preset) => verdictOf(token, preset, { world, isTried: tried.includes(preset) })))
}

function triedPresets(token: string, presets: readonly SessionPreset[]): readonly SessionPreset[] {
  const tried: SessionPreset[] = []
  collect([], () => tried.push(...choosePresets(presets, readToken(token, presets))))
  return tried
}

interface Circumstances {
  readonly world: World
  readonly isTried: boolean
}

async function verdictOf(text: string, preset: SessionPreset, { world, isTried }: Circumstances): Promise<PresetVerdict> {
  const refusals: SessionError[] = []
  const token = collect(refusals, () => readToken(text, [preset]))
  if (token === undefined) return { preset, accepts: false, isTried, isProven: false, refusals }
  // Whoever is not meant by the token is not shown it, and its keys are not loaded for it.
  const proof = isTried ? await proofOf(token, preset, { world, refusals }) : undefined
  if (!isTried) collect(refusals, () => choosePresets([preset], token))
  const claims = proof?.claims ?? (token.form === 'signed' ? token.claims : undefined)
  if (claims) judgeClaims(claims, preset, { nowMs: world.now().getTime(), keepUntil: proof?.keepUntil, refusals })
  return {
    ...{ preset, isTried, isProven: proof !== undefined, refusals, accepts: proof !== undefined && refusals.length === 0 },
    ...(claims && { claims }),
    ...('header' in token && { header: { ...token.header } }),
  }
}

async function proofOf(token: Token, preset: SessionPreset, { world, refusals }: { world: World; refusals: SessionError[] }) {
  try {
    return await preset.prove(token, world)
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    refusals.push(error)
    return undefined
  }
}

interface Judging {
  readonly nowMs: number
  readonly keepUntil: Date | undefined
  readonly refusals: SessionError[]
}

function judgeClaims(claims: Claims, preset: SessionPreset, { nowMs, keepUntil, refusals }: Judging): void {
  for (const rule of preset.claimRules) collect(refusals, () => rule(claims))
  collect(refusals, () => preset.readSubject(claims))
  const { maxLifetimeSeconds } = preset
  collect(refusals, () => checkTimes(claims, { nowMs, toleranceSeconds: DEFAULT_TOLERANCE_SECONDS, maxLifetimeSeconds, keepUntil }))
}

function collect<T>(refusals: SessionError[], judge: () => T): T | undefined {
  try {
    return judge()
  } catch (error) {
    if (!(error instanceof SessionError)) throw error
    refusals.push(error)
    return undefined
  }
}
