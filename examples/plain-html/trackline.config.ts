import { claim, defineConfig, sharedSecret } from '@trackline/proxy'
import { events } from './events.ts'

/** The HubSpot emulator. For the real HubSpot, leave out `baseUrl` and `appUrl` below and set your own app's four values. */
const emulatorUrl = process.env.HUBSPOT_EMULATOR_URL ?? 'http://127.0.0.1:4401'
/** Where a browser finds the site. Events from pages of any other origin are refused. */
const siteOrigin = process.env.TRACKLINE_DEMO_ORIGIN ?? 'http://127.0.0.1:4402'

export default defineConfig({
  publicUrl: process.env.TRACKLINE_PUBLIC_URL ?? 'http://127.0.0.1:4400',
  store: process.env.DATABASE_URL ?? 'sqlite:./data/trackline.db',
  keys: process.env.TRACKLINE_KEYS,
  hubspot: {
    clientId: process.env.HUBSPOT_CLIENT_ID ?? 'trackline-dev',
    clientSecret: process.env.HUBSPOT_CLIENT_SECRET ?? 'trackline-dev-secret',
    developerKey: process.env.HUBSPOT_DEVELOPER_KEY ?? 'trackline-dev-key',
    appId: Number(process.env.HUBSPOT_APP_ID ?? 1),
    baseUrl: emulatorUrl,
    appUrl: emulatorUrl,
  },
  sites: {
    main: {
      origins: [...new Set([siteOrigin, siteOrigin.replace('//127.0.0.1', '//localhost')])],
      // server.ts signs a token for whoever is signed in, with the same secret, issuer and audience.
      session: sharedSecret({ secret: process.env.SESSION_SECRET ?? '', issuer: 'northwind', audience: 'trackline' }),
      email: [claim('email')],
      portal: 62515,
      targets: ['timeline-v3'],
    },
  },
  events,
})
