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
import { timelineV1 } from './timeline-v1.ts'
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

/** Makes the targets that are asked for. @throws TypeError when the event definitions do not fit one */
export function createTargets(names: ReadonlySet<TargetName>, options: TargetOptions): Partial<Record<TargetName, Target>> {
  const { endpoint, events, appId, developerKey, ids, now } = options
  const app = developerKey === undefined ? undefined : { appId, developerKey }
  const make: Record<TargetName, () => Target> = {
    'timeline-v1': () =>
      timelineV1({ ...options, eventTypeId: templateIds({ events, given: ids, list: app && (() => listEventTypes(endpoint, app)), now }) }),
    'timeline-v3': () => timelineV3({ ...options, templateId: templateIds({ events, given: ids, list: app && templatesApi(endpoint, app).list, now }) }),
    'app-events': () => appEvents(options),
    'custom-events': () => customEvents(options),
    'contact-properties': () => contactProperties(options),
  }
  return Object.fromEntries([...names].map((name) => [name, make[name]()]))
}

/** OAuth scopes that a target needs to send. */
export const SCOPES: Record<TargetName, readonly string[]> = {
  'timeline-v1': ['timeline'],
  'timeline-v3': ['timeline'],
  'app-events': ['timeline'],
  'custom-events': ['analytics.behavioral_events.send'],
  'contact-properties': ['crm.objects.contacts.write'],
}
