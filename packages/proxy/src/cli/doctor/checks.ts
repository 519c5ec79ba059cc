import { providerFetch } from '../../identity/provider-fetch.ts'
import { checkAccount } from './account.ts'
import { checkDeadLetters } from './dead-letters.ts'
import { checkDefinitions } from './definitions.ts'
import { accountsOf } from './examination.ts'
import type { Examination, Surroundings } from './examination.ts'
import { checkHubSpotApp } from './hubspot-app.ts'
import { checkKeys } from './keys.ts'
import { checkOutbox } from './outbox.ts'
import { checkPublicAddress } from './public-address.ts'
import type { Check } from './run-check.ts'
import { judgeEmail } from './site-email.ts'
import { judgeSenders } from './site-origins.ts'
import { judgeSession } from './site-session.ts'
import { checkWaitingEvents } from './waiting-events.ts'

/** What comparing every definition may take: HubSpot is asked about each of them, and may ask us to wait. */
const COMPARE_WITHIN_MS = 60_000
/** Renewing a token and asking about it. */
const ASKS_OF_HUBSPOT = 3

/** What can be looked at whether the outbox opens or not. */
export function outerChecks(surroundings: Surroundings): Check[] {
  const { config, sites, world } = surroundings
  const asker = { ...world, fetch: providerFetch(config, world.fetch) }
  return [
    { about: 'HubSpot app', run: () => checkHubSpotApp(surroundings) },
    ...sites.flatMap((site): Check[] => [
      { about: `site ${site.name}`, run: async () => judgeSenders(site, { publicUrl: config.publicUrl, now: world.now().getTime() }) },
      { about: `site ${site.name}`, run: async () => judgeEmail(site) },
      ...site.session.map((preset) => ({ about: `site ${site.name}`, run: () => judgeSession(preset, asker) })),
    ]),
    { about: 'public address', run: () => checkPublicAddress(surroundings) },
  ]
}

/** What lies in the outbox, and what HubSpot says of the accounts whose connections lie there. */
export function innerChecks(examination: Examination): Check[] {
  const { timeoutMs } = examination.config.hubspot
  return [
    { about: 'outbox', run: () => checkOutbox(examination) },
    { about: 'keys', run: () => checkKeys(examination) },
    ...accountsOf(examination).map((account) => ({ about: `account ${account}`, run: () => checkAccount(examination, account), withinMs: ASKS_OF_HUBSPOT * timeoutMs })),
    { about: 'definitions', run: () => checkDefinitions(examination), withinMs: COMPARE_WITHIN_MS },
    { about: 'dead letters', run: () => checkDeadLetters(examination) },
    { about: 'waiting events', run: () => checkWaitingEvents(examination) },
  ]
}
