import type { TargetName } from '../../outbox/event.ts'

/** Everything that a new configuration says. */
export interface Answers {
  publicUrl: string
  origins: readonly string[]
  provider: string
  /** What the provider's preset is told, by field. */
  settings: Readonly<Record<string, string>>
  /** The HubSpot account; {@link PLACEHOLDER_NUMBER} where it is not known yet. */
  portal: number
  target: TargetName
  events: readonly string[]
}

export const SITE = 'main'
