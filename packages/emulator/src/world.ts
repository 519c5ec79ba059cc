import { createAccounts } from './accounts/account-store.ts'
import { createAppEventTypes } from './app-events/type-store.ts'
import { createContacts } from './contacts/contact-store.ts'
import { createProperties } from './contacts/property-store.ts'
import { createCustomEvents } from './custom-events/definition-store.ts'
import { createEvents } from './events/event-store.ts'
import { createFaultQueue } from './faults/fault-queue.ts'
import { createDailyLimit } from './http/daily-limit.ts'
import { portalOfBucket } from './http/guard.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createRequestLog } from './inspection/request-log.ts'
import { createGrants } from './oauth/grants.ts'
import { createTemplates } from './timeline/template-store.ts'
import type { V1Era } from './timeline-v1/era.ts'
import { createEventTypes } from './timeline-v1/event-type-store.ts'

export type Settings = {
  /** Calls an app may make to one account in any 10 seconds; null lifts the limit. */
  per10s: number | null
  /** Calls an app may make to one account in a day, which begins at midnight in the account's time zone; null, as for marketplace apps, is no limit. */
  perDay: number | null
  /** How v1 writes events: `post`, as since 2 December 2024, refuses a known id; `put`, as before, updates it. */
  v1Era: V1Era
  /** Lifetime of access tokens issued from now on. */
  accessTokenSeconds: number
  /** A renewal answers with a new refresh token and ends the old one. HubSpot does not do so today. */
  rotateRefreshTokens: boolean
}

export type WorldOptions = {
  accessTokenSeconds: number
  per10s: number | null
  isAutoConsent: boolean
  now: () => Date
  /** A fresh UUID. */
  newId: () => string
  /** Random bytes as base64url text. */
  newSecret: (bytes: number) => string
}

export type World = ReturnType<typeof createWorld>

/** Everything this HubSpot knows, one store per noun. A new API reads and writes these and adds none of its own state. */
export function createWorld({ accessTokenSeconds, per10s, isAutoConsent, now, newId, newSecret }: WorldOptions) {
  const settings: Settings = { per10s, perDay: null, v1Era: 'post', accessTokenSeconds, rotateRefreshTokens: false }
  const accounts = createAccounts()
  return {
    now,
    newId,
    settings,
    isAutoConsent,
    grants: createGrants({ now, newSecret, settings }),
    rateLimit: createRateLimit({ now, per10s: () => settings.per10s }),
    dailyLimit: createDailyLimit({ now, perDay: () => settings.perDay, timeZoneOf: (key) => accounts.timeZone(portalOfBucket(key)) }),
    accounts,
    properties: createProperties(now),
    contacts: createContacts(now),
    templates: createTemplates(now),
    eventTypes: createEventTypes(now),
    appEventTypes: createAppEventTypes(now),
    customEvents: createCustomEvents(now),
    events: createEvents(),
    faults: createFaultQueue(),
    requestLog: createRequestLog(),
  }
}
