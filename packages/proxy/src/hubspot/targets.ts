import type { EventDefinitions } from '@trackline/shared'
import type { TargetName } from '../outbox/event.ts'
import { appEvents } from './app-events.ts'
import type { HubSpotEndpoint } from './call.ts'
import { contactProperties } from './contact-properties.ts'
import type { ContactWrites } from './contact-properties.ts'
import { customEvents } from './custom-events.ts'
import type { AppAccess } from './definitions/ask-hubspot.ts'
import { listEventTypes } from './definitions/event-types-api.ts'
import { templatesApi } from './definitions/templates-api.ts'
import type { TargetSettings } from '../target-settings-schema.ts'
import type { Target } from './target.ts'
import { templateIds } from './template-ids.ts'
import type { TemplateIds } from './template-ids.ts'
import { timelineV1 } from './timeline-v1.ts'
import { timelineV3 } from './timeline-v3.ts'

export interface TargetOptions {
  endpoint: HubSpotEndpoint
  events: EventDefinitions
  appId: number
  developerKey?: string
  /** Who may read the event templates: the developer key, or each account's own token. */
  templateAccess: 'developer-key' | 'oauth'
  /** Template and event type ids that the configuration gives, by event name. */
  ids: Readonly<Record<string, string>>
  /** How each target is reached. */
  targets: TargetSettings
  contactWrites: ContactWrites
  now: () => Date
}

/** Makes every target: what a site's configuration does not name any more may still have events waiting, and each was promised. */
export function createTargets(options: TargetOptions): Record<TargetName, Target> {
  const { endpoint, events, appId, developerKey, ids, targets, now } = options
  const app = developerKey === undefined ? undefined : { appId, developerKey, path: targets['timeline-v1'].path }
  async function listTemplates(access: AppAccess) {
    const templates = await templatesApi(endpoint, { appId, access, path: targets['timeline-v3'].path }).list()
    return templates.map(({ id, name, properties }) => ({ id, name, tokens: new Set(properties.map((token) => token.name)) }))
  }
  const listByKey = app && (() => listTemplates(app))
  const listByToken = (accessToken: string) => listTemplates({ accessToken })
  const isByToken = options.templateAccess === 'oauth'
  const eventTypes = templateIds({ events, given: ids, list: app && (() => listEventTypes(endpoint, app)), now })
  const templates = templateIds({ events, given: ids, list: isByToken ? listByToken : listByKey, now })
  return {
    'timeline-v1': { ...timelineV1({ ...options, eventType: byKey(eventTypes), settings: targets['timeline-v1'] }), lookAgain: eventTypes.lookAgain },
    'timeline-v3': { ...timelineV3({ ...options, template: isByToken ? templates.find : byKey(templates), isRecent: templates.isRecent, settings: targets['timeline-v3'] }), lookAgain: templates.lookAgain },
    'app-events': appEvents({ ...options, settings: targets['app-events'] }),
    'custom-events': customEvents({ ...options, settings: targets['custom-events'] }),
    'contact-properties': contactProperties({ ...options, settings: targets['contact-properties'] }),
  }
}

/** With the developer key it is the same question whichever account's events are sent, and one for all of them. */
function byKey({ find }: TemplateIds) {
  return (eventName: string) => find(eventName, '')
}

/** OAuth scopes that a target needs to send, and custom events to be defined. */
export const SCOPES: Record<TargetName, readonly string[]> = {
  'timeline-v1': ['timeline'],
  'timeline-v3': ['timeline'],
  'app-events': ['timeline'],
  'custom-events': ['analytics.behavioral_events.send', 'behavioral_events.event_definitions.read_write'],
  'contact-properties': ['crm.objects.contacts.write'],
}
