import type { PresetVerdict, SessionError } from '@trackline/session'
import { shownEmail } from '../../outbox/shown-email.ts'
import { remedyFor } from './remedy-for.ts'
import { shownClaim } from './shown-claim.ts'

export type SiteVerdict = PresetVerdict & { site: string }

interface Refusal {
  reason: string
  /** The claim or the part of the token that the rule reads. */
  where?: string
  says: string
  change: string
}

interface ShownPreset {
  site: string
  preset: string
  accepts: boolean
  isTried: boolean
  isProven: boolean
  /** Masked; absent where the preset finds none that it may use. */
  email?: string
  refusals: Refusal[]
}

interface ShownClaim {
  claim: string
  value: string
  /** The presets whose rules refuse this value. */
  refusedBy: string[]
}

export interface Report {
  accepted: boolean
  header: Record<string, unknown>
  claims: ShownClaim[]
  presets: ShownPreset[]
}

/** What a person may see of the verdicts: neither the token nor an email is in it. */
export function reportOn(verdicts: readonly SiteVerdict[], now: Date): Report {
  const read = verdicts.find(({ isProven, claims }) => isProven && claims) ?? verdicts.find(({ claims }) => claims)
  const shown = (name: string) => ({
    claim: name,
    value: shownClaim(name, read?.claims?.[name], now),
    refusedBy: verdicts.filter(({ refusals }) => refusals.some(({ where }) => where === name)).map(nameOf),
  })
  return {
    accepted: verdicts.some(({ accepts }) => accepts),
    header: { ...read?.header },
    claims: Object.keys(read?.claims ?? {}).map(shown),
    presets: verdicts.map(shownPreset),
  }
}

export function nameOf({ site, preset }: { site: string; preset: { name: string } }): string {
  return `${preset.name} of ${site}`
}

function shownPreset({ site, preset, accepts, isTried, isProven, claims, refusals }: SiteVerdict): ShownPreset {
  const email = claims && preset.readEmail(claims).email
  return {
    ...{ site, preset: preset.name, accepts, isTried, isProven },
    ...(email === undefined ? {} : { email: shownEmail(email) }),
    refusals: refusals.map((error) => shownRefusal(error, preset.name)),
  }
}

function shownRefusal(error: SessionError, preset: string): Refusal {
  const { reason, where, message } = error
  return { reason, ...(where === undefined ? {} : { where }), says: message, change: remedyFor(error, preset) }
}
