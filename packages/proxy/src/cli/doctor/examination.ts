import type { Config, Site } from '../../config.ts'
import type { Parts, World } from '../../parts.ts'
import type { AccessToken } from '../../vault/vault.ts'

/** What can be looked at without the outbox. */
export interface Surroundings {
  config: Config
  /** Those that the configuration lists, or the one that was named. */
  sites: readonly Site[]
  world: World
  script: string
}

/** Everything that can be looked at. */
export interface Examination extends Surroundings {
  parts: Parts
  /** As delivery gets it, renewed where the clock asks for that; each account is asked about once. */
  tokenOf: (account: number) => Promise<AccessToken>
  /** Folder of the project files of app events. */
  out?: string | undefined
}

/** The HubSpot accounts of the sites, each once. */
export function accountsOf({ sites }: Surroundings): number[] {
  return [...new Set(sites.map(({ portal }) => portal))]
}
