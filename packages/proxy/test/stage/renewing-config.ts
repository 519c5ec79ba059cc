import { sharedSecret } from '@trackline/session'
import { defineEvents } from '@trackline/shared'
import { resolveConfig } from '../../src/config.ts'
import type { Config } from '../../src/config.ts'

/** A key that every process of a test knows. It seals nothing but what an emulator granted. */
const KEYS = `k1:${Buffer.alloc(32, 5).toString('base64')}`
/** A loaded machine is no failure of HubSpot's. The right to renew lasts five seconds more. */
const TIMEOUT_MS = 20_000

/** The configuration that all processes of one store share. */
export function readConfigFrom({ emulatorUrl, store }: { emulatorUrl: string; store: string }): Config {
  const options = {
    publicUrl: 'http://127.0.0.1:4400',
    store,
    keys: KEYS,
    hubspot: {
      ...{ clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key', appId: 1 },
      ...{ baseUrl: emulatorUrl, appUrl: emulatorUrl, timeoutMs: TIMEOUT_MS },
    },
    sites: { main: { origins: [], session: sharedSecret({ secret: 'a secret of at least thirty-two bytes', issuer: 'shop', audience: 'trackline' }), portal: 62515 } },
    events: defineEvents({ login: {} }),
  }
  return resolveConfig(options, '/trackline.config.ts')
}
