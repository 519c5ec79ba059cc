import type { EventDefinitions } from '@trackline/shared'
import type { TargetName } from '../outbox/event.ts'
import { appEvents } from './app-events.ts'
import type { HubSpotEndpoint } from './call.ts'
import { contactProperties } from './contact-properties.ts'
import { customEvents } from './custom-events.ts'
import { listEventTypes } from './event-types.ts'
import type { Target } from './target.ts'
import { templateIds } from './template-ids.ts'
import { templatesApi } from './templates.ts'
import { refuseReservedNames, timelineV1 } from './timeline-v1.ts'
import { timelineV3 } from './timeline-v3.ts'

export interface TargetOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  appId: number
  developerKey?: string
  /** Template and event type ids that the configuration gives, by event name. */
  ids: Readonly<Record<string, string>>
  now: () => Date
}

/**
 * Makes every target: what a site's configuration does not name any more may still have events waiting, and each was promised.
 *
 * @param used  targets that the configuration names
 * @throws TypeError when the event definitions do not fit one of those
 */
export function createTargets(used: ReadonlySet<TargetName>, options: TargetOptions): Record<TargetName, Target> {
  const { endpoint, events, appId, developerKey, ids, now } = options
  if (used.has('timeline-v1')) refuseReservedNames(events)
  const app = developerKey === undefined ? undefined : { appId, developerKey }
  const eventTypeId = templateIds({ events, given: ids, list: app && (() => listEventTypes(endpoint, app)), now })
  const templateId = templateIds({ events, given: ids, list: app && templatesApi(endpoint, app).list, now })
  return {
    'timeline-v1': timelineV1({ ...options, eventTypeId }),
    'timeline-v3': timelineV3({ ...options, templateId }),
    'app-events': appEvents(options),
    'custom-events': customEvents(options),
    'contact-properties': contactProperties(options),
  }
}

/** OAuth scopes that a target needs to send. */
export const SCOPES: Record<TargetName, readonly string[]> = {
  'timeline-v1': ['timeline'],
  'timeline-v3': ['timeline'],
  'app-events': ['timeline'],
  'custom-events': ['analytics.behavioral_events.send'],
  'contact-properties': ['crm.objects.contacts.write'],
}
