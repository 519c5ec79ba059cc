import type { Answers } from './answers.ts'
import { SITE } from './answers.ts'
import { PLACEHOLDER, PLACEHOLDER_NUMBER } from './placeholder.ts'
import { WITHOUT_EMAIL } from './providers.ts'

export interface NextStep {
  says: string
  command?: string
}

/** What a person does next, in order, until an event of a page of theirs is in HubSpot. */
export function nextSteps({ portal, publicUrl, provider, events }: Answers, isInstalled: boolean): NextStep[] {
  return [
    ...(isInstalled ? [] : [{ says: 'Install the packages that the configuration imports: until they are on npm, those that "npm run pack" writes', command: 'npm install ../trackline/dist/*.tgz' }]),
    { says: 'Try it without HubSpot: the service beside an emulator', command: 'npx trackline dev' },
    { says: `Fill in what .env has as ${PLACEHOLDER}, and HUBSPOT_APP_ID: they are on the pages of your HubSpot app, which needs the redirect URL ${publicUrl}/oauth/callback` },
    ...(portal === PLACEHOLDER_NUMBER ? [{ says: `Put the number of your HubSpot account into sites.${SITE}.portal of trackline.config.ts` }] : []),
    { says: 'Start the service', command: 'npx trackline serve' },
    { says: 'Connect HubSpot: an administrator opens the link', command: `npx trackline connect --site ${SITE}` },
    { says: 'Create in HubSpot what the events need', command: 'npx trackline events push' },
    ...(WITHOUT_EMAIL.includes(provider) ? [{ says: `Have ${provider} put the email into its tokens, as docs/providers/${provider}.md shows: without one, events wait` }] : []),
    { says: provider === 'sharedSecret' ? 'Have GET /session-token on your site answer { "token": … } for whoever is signed in: see mintSession of @trackline/session' : 'Have GET /session-token on your site answer the token of whoever is signed in, or give the snippet a function that does' },
    { says: `See what is still wrong, and get the script tag for your pages; then they may call track('${events[0] ?? 'login'}')`, command: 'npx trackline doctor' },
    { says: 'Keep .env out of version control' },
  ]
}
