import { callHubSpot } from './call.ts'
import type { HubSpotEndpoint } from './call.ts'

/**
 * The time zone of the account whose token this is, such as `Europe/Berlin`: its daily limit begins anew at midnight there. undefined
 * when HubSpot does not tell, or names one that this machine does not know. Needs the scope `oauth`, which every token has.
 *
 * @see https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details
 */
export async function readTimeZone(endpoint: HubSpotEndpoint, accessToken: string): Promise<string | undefined> {
  const answer = await callHubSpot(endpoint, { method: 'GET', path: '/account-info/2026-03/details', accessToken }).catch(() => undefined)
  const timeZone: unknown = Reflect.get(Object(answer?.body), 'timeZone')
  return typeof timeZone === 'string' && isKnown(timeZone) ? timeZone : undefined
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined
  } catch {
    return false
  }
}
