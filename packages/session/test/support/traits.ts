import type { BadToken } from './check-bad-tokens.ts'
import type { Stage } from './stages.ts'

export type Trait = (stage: Stage) => boolean

export const isSigned: Trait = ({ preset }) => preset.form === 'signed'
export const isEncrypted: Trait = ({ preset }) => preset.form === 'encrypted'
export const isOpaque: Trait = ({ preset }) => preset.form === 'opaque'
/** Header and payload can be seen by whoever holds the token, or by whoever holds its secret. */
export const isWritten: Trait = (stage) => !isOpaque(stage)
export const hasIssuer: Trait = ({ preset }) => preset.issuers.length > 0
export const hasAudience: Trait = ({ preset }) => preset.audience !== undefined
export const hasKeySet: Trait = ({ preset }) => preset.describeKeys !== undefined
export const hasLongestLife: Trait = ({ preset }) => preset.maxLifetimeSeconds !== undefined
export const isNamed = (...names: string[]): Trait => ({ name }) => names.includes(name)

/** Narrows each row of a table to stages that have the trait too. */
export function onlyOn(trait: Trait, badTokens: readonly BadToken[]): BadToken[] {
  return badTokens.map((badToken) => ({ ...badToken, on: (stage) => trait(stage) && (badToken.on?.(stage) ?? true) }))
}
