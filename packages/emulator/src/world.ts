import { createContacts } from './contacts/contact-store.ts'
import { createProperties } from './contacts/property-store.ts'
import { createFaultQueue } from './faults/fault-queue.ts'
import { createRateLimit } from './http/rate-limit.ts'
import { createRequestLog } from './inspection/request-log.ts'
import { createGrants } from './oauth/grants.ts'
import { createEvents } from './timeline/event-store.ts'
import { createTemplates } from './timeline/template-store.ts'

export type Settings = {
  /** Calls an app may make to one account in any 10 seconds; null lifts the limit. */
  per10s: number | null
  /** Lifetime of access tokens issued from now on. */
  accessTokenSeconds: number
}

export type WorldOptions = {
  accessTokenSeconds: number
  isAutoConsent: boolean
  now: () => Date
  /** A fresh UUID. */
  newId: () => string
  /** Random bytes as base64url text. */
  newSecret: (bytes: number) => string
}

export type World = ReturnType<typeof createWorld>

// What HubSpot grants an OAuth app per installing account.
const PER_10_SECONDS = 110

/** Everything this HubSpot knows, one store per noun. A new API reads and writes these and adds none of its own state. */
export function createWorld({ accessTokenSeconds, isAutoConsent, now, newId, newSecret }: WorldOptions) {
  const settings: Settings = { per10s: PER_10_SECONDS, accessTokenSeconds }
  return {
    now,
    newId,
    settings,
    isAutoConsent,
    grants: createGrants({ now, newSecret, accessTokenSeconds: () => settings.accessTokenSeconds }),
    rateLimit: createRateLimit({ now, per10s: () => settings.per10s }),
    properties: createProperties(now),
    contacts: createContacts(now),
    templates: createTemplates(now),
    events: createEvents(),
    faults: createFaultQueue(),
    requestLog: createRequestLog(),
  }
}
