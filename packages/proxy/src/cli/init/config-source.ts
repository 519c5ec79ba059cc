import { SITE } from './answers.ts'
import type { Answers } from './answers.ts'
import { PLACEHOLDER_NUMBER } from './placeholder.ts'
import { optionsOf } from './providers.ts'

/** The source of a new `trackline.config.ts`. */
export function configSource(answers: Answers): string {
  const { publicUrl, origins, provider, portal, target } = answers
  return `import { defineConfig, ${provider} } from '@trackline/proxy'
import { events } from './events.ts'

export default defineConfig({
  // Where browsers reach the service; https, unless it is on this machine.
  publicUrl: ${text(publicUrl)},
  // Or process.env.DATABASE_URL: the postgres:// URL of a database that several processes share.
  store: 'sqlite:./data/trackline.db',
  keys: process.env.TRACKLINE_KEYS,
  hubspot: {
    clientId: process.env.HUBSPOT_CLIENT_ID ?? '',
    clientSecret: process.env.HUBSPOT_CLIENT_SECRET,${needsDeveloperKey(answers) ? '\n    developerKey: process.env.HUBSPOT_DEVELOPER_KEY,' : ''}
    appId: Number(process.env.HUBSPOT_APP_ID),
  },
  sites: {
    ${SITE}: {
      origins: [${origins.map(text).join(', ')}],
      session: ${provider}({ ${sessionOf(answers)} }),${portal === PLACEHOLDER_NUMBER ? '\n      // Fill in: the number of your HubSpot account (Hub ID).' : ''}
      portal: ${portal},
      targets: [${text(target)}],
    },
  },
  events,
})
`
}

/** Timeline events are managed with the app's developer key. */
export function needsDeveloperKey({ target }: Answers): boolean {
  return target === 'timeline-v1' || target === 'timeline-v3'
}

function sessionOf({ provider, settings, origins }: Answers): string {
  if (provider === 'sharedSecret') {
    const issuer = new URL(origins[0] ?? 'http://localhost').hostname
    return `secret: process.env.SESSION_SECRET ?? '', issuer: ${text(issuer)}, audience: 'trackline'`
  }
  return Object.entries(optionsOf(settings)).map(([name, value]) => `${name}: ${typeof value === 'string' ? text(value) : `[${value.map(text).join(', ')}]`}`).join(', ')
}

function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}
