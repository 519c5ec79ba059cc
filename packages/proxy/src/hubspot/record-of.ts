import type { Row } from '../outbox/event.ts'
import { withoutLinksIn } from './without-links.ts'

/**
 * Whose event it is, in HubSpot's words: the record's number where a server gave one, else the email. Never both: HubSpot would take the
 * email for that contact's new one.
 *
 * @see https://developers.hubspot.com/docs/api-reference/crm-timeline-v3/guide
 */
export function recordOf({ person, placement }: Row): { objectId: string } | { email: string } {
  return placement?.objectId === undefined ? { email: person.email ?? '' } : { objectId: placement.objectId }
}

/** What else v3 and app events take beside the properties, each only where it was given. */
export function extrasOf({ extraData, placement = {} }: Row): Record<string, unknown> {
  const { domain, timelineIFrame } = placement
  return {
    ...(domain === undefined ? {} : { domain }),
    ...(extraData === undefined ? {} : { extraData: withoutLinksIn(extraData) }),
    ...(timelineIFrame === undefined ? {} : { timelineIFrame }),
  }
}
