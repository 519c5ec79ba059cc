import { dirname, join, resolve } from 'node:path'
import type { ConfigOptions } from '../config.ts'
import { generateKey } from '../vault/seal.ts'

export const DEFAULT_DEV_PORT = 4400

/** The emulator's one HubSpot app. */
export const EMULATED_APP = { clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key', appId: 1 }

/** The outbox of "trackline dev" on a port. It is there while that runs. */
export function devOutbox(file: string, port: number): string {
  return join(dirname(resolve(file)), 'data', `dev-${port}.db`)
}

/** A configuration as "trackline dev" runs it: with nothing outside of this machine. */
export function onThisMachine(options: ConfigOptions, { file, port, emulatorUrl }: { file: string; port: number; emulatorUrl: string }): ConfigOptions {
  return {
    ...options,
    publicUrl: `http://127.0.0.1:${port}`,
    host: '127.0.0.1',
    port,
    store: `sqlite:${devOutbox(file, port)}`,
    // A variable that is written down and left empty is as good as none.
    keys: options.keys || generateKey('dev'),
    hubspot: { ...options.hubspot, ...EMULATED_APP, baseUrl: emulatorUrl, appUrl: emulatorUrl, ids: {} },
  }
}
