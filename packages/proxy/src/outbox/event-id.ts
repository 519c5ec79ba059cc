import { hash } from 'node:crypto'

/**
 * HubSpot's id of an event: the same for every delivery of the same message, so that HubSpot keeps one; different for every
 * person, so that nobody can occupy or overwrite another's. 43 characters of base64url.
 */
export function eventIdOf(message: { account: number; site: string; subject: string; messageId: string }): string {
  const identity = JSON.stringify([message.account, message.site, message.subject, message.messageId])
  return hash('sha256', identity, 'base64url')
}
