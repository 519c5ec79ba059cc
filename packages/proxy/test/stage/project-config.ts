/** A configuration as a user writes one, for the emulator at this address. */
export function projectConfig({
  emulatorUrl = 'http://127.0.0.1:1',
  port = 0,
}: { emulatorUrl?: string; port?: number } = {}): string {
  return `
import { defineConfig, sharedSecret } from '@trackline/proxy'
import { date, defineEvents, oneOf, previous } from '@trackline/shared'

export default defineConfig({
  publicUrl: 'http://127.0.0.1:${port || 4400}',
  port: ${port},
  store: 'sqlite:./data/outbox.db',
  keys: process.env.TRACKLINE_KEYS,
  hubspot: {
    clientId: 'trackline-dev', clientSecret: 'trackline-dev-secret', developerKey: 'trackline-dev-key', appId: 1,
    baseUrl: '${emulatorUrl}', appUrl: '${emulatorUrl}',
  },
  sites: {
    main: {
      origins: ['https://app.example.com'],
      session: sharedSecret({ secret: 'a secret of at least thirty-two bytes', issuer: 'shop', audience: 'trackline' }),
      portal: 62515,
    },
  },
  events: defineEvents({
    login: {
      label: 'Logged in',
      properties: {
        method: oneOf(['password', 'sso']),
        lastLogin: date({ derive: previous('login'), contactProperty: 'last_login' }),
      },
    },
  }),
})
`
}
