import { join } from 'node:path'
import { Writable } from 'node:stream'
import { startEmulator } from '@trackline/emulator'
import type { EmulatorOptions } from '@trackline/emulator'
import { sharedSecret } from '@trackline/session'
import { installUrl } from '../../src/cli/connect.ts'
import { planDefinitions } from '../../src/cli/plan-definitions.ts'
import { resolveConfig } from '../../src/config.ts'
import type { ConfigOptions, SiteOptions } from '../../src/config.ts'
import type { World } from '../../src/parts.ts'
import { startServer } from '../../src/server.ts'
import { generateKey } from '../../src/vault/seal.ts'
import { realWorld } from '../../src/world.ts'
import { createClient } from './client.ts'
import { events } from './events.ts'
import { makeTempFolder } from './temp-folder.ts'
import { visitAsBrowser } from './visit-as-browser.ts'

export const PORTAL = 62515
export const ORIGIN = 'https://app.example.com'
/** Where browsers would find the proxy; the tests go there by its port instead. */
export const PUBLIC_URL = 'https://t.example.com'
/** Long enough for HS256, and nobody's. */
export const SECRET = 'a shared secret of more than thirty-two bytes'

export interface StackOptions {
  config?: Partial<Omit<ConfigOptions, 'hubspot'>> & { hubspot?: Partial<ConfigOptions['hubspot']> }
  site?: Partial<SiteOptions>
  world?: Partial<World>
  emulator?: EmulatorOptions
  /** False: HubSpot is not connected and has no templates. */
  isConnected?: boolean
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/** The real server on a file of its own, beside a real emulator to which it is connected; both on loopback. */
export async function startStack({
  config: changes = {},
  site = {},
  world: worldChanges = {},
  emulator: emulated = {},
  isConnected = true,
}: StackOptions = {}) {
  const emulator = await startEmulator({ autoConsent: true, ...emulated })
  const folder = makeTempFolder()
  const log = collectLog()
  const options: ConfigOptions = {
    publicUrl: PUBLIC_URL,
    port: 0,
    store: 'sqlite:./outbox.db',
    keys: generateKey('test'),
    limits: false,
    retry: { firstMs: 50, maxMs: 200 },
    sites: {
      main: {
        origins: [ORIGIN],
        session: sharedSecret({ secret: SECRET, issuer: 'shop', audience: 'trackline' }),
        portal: PORTAL,
        ...site,
      },
    },
    events,
    ...changes,
    hubspot: {
      ...{ clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key', appId: 1 },
      ...{ baseUrl: emulator.url, appUrl: emulator.url },
      ...changes.hubspot,
    },
  }
  const config = resolveConfig(options, join(folder.path, 'trackline.config.ts'))
  const world = { ...realWorld({ logTo: log.stream }), ...worldChanges }
  const server = await startServer(config, world)
  if (isConnected) await connect()

  async function connect(): Promise<void> {
    for (const name of Object.keys(config.sites)) await followInstall(await installUrl(server.parts, name))
    for (const step of (await planDefinitions(server.parts)).steps) await step.run()
  }

  /** Goes where an administrator's browser goes, with the proxy found by its port. */
  function followInstall(link: string): Promise<Response> {
    return visitAsBrowser(link, (url) => url.replace(PUBLIC_URL, server.url))
  }

  return {
    ...{ config, server, emulator, connect, followInstall, options },
    ...createClient({ server, emulator, config }),
    folder: folder.path,
    /** Everything logged so far, one JSON line a story. */
    logged: log.text,
    async close() {
      await server.stop()
      await emulator.close()
      folder.remove()
    },
  }
}

function collectLog(): { stream: Writable; text: () => string } {
  const lines: string[] = []
  const stream = new Writable({
    write(line, _encoding, done) {
      lines.push(String(line))
      done()
    },
  })
  return { stream, text: () => lines.join('') }
}
