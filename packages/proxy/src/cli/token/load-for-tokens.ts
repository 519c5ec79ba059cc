import { resolve } from 'node:path'
import { resolveConfig } from '../../config.ts'
import type { Config } from '../../config.ts'
import { generateKey } from '../../vault/seal.ts'
import { loadConfigOptions } from '../load-config.ts'

/** Stands where the file names nothing yet: no HubSpot is asked for a token. */
const NO_APP = { clientId: 'unused', clientSecret: 'unused', developerKey: 'unused' }

/** Is never opened. */
const NO_STORE = 'sqlite:unused'

/** The configuration for a command about tokens. It needs no keys, no HubSpot app and no outbox, as "trackline dev" needs none. */
export async function loadForTokens(file: string): Promise<Config> {
  const options = await loadConfigOptions(file)
  const named = Object.entries(options.hubspot ?? {}).filter(([, value]) => value !== undefined && value !== '')
  // What is left out stands in NO_APP; appId is checked as it is.
  const hubspot = { ...NO_APP, ...Object.fromEntries(named) } as typeof options.hubspot
  return resolveConfig({ ...options, store: options.store || NO_STORE, keys: options.keys || generateKey('unused'), hubspot }, resolve(file))
}
