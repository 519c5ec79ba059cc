import { callHubSpot } from './call.ts'
import type { Answer, HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'
import { readRequestLimits } from './request-limits.ts'
import type { RequestLimits } from './request-limits.ts'

const OK = 200

/** What HubSpot says of an account, and of the requests that it still allows there. */
export interface AccountDetails {
  portalId?: number
  limits: RequestLimits
  /** Why it says nothing, in HubSpot's words. */
  problem?: string
}

/** Asks with the account's own token. Needs the scope `oauth`, which every token has. @throws NoAnswerError */
export async function readAccountDetails(endpoint: HubSpotEndpoint, accessToken: string): Promise<AccountDetails> {
  const { status, headers, body } = await readDetails(endpoint, accessToken)
  const limits = readRequestLimits(headers)
  if (status !== OK) return { limits, problem: readErrorBody(body).message ?? `it answered ${status}` }
  const portalId: unknown = Reflect.get(Object(body), 'portalId')
  return { limits, ...(typeof portalId === 'number' ? { portalId } : {}) }
}

/**
 * The time zone of the account whose token this is, such as `Europe/Berlin`: its daily limit begins anew at midnight there. undefined
 * when HubSpot does not tell, or names one that this machine does not know.
 */
export async function readTimeZone(endpoint: HubSpotEndpoint, accessToken: string): Promise<string | undefined> {
  const answer = await readDetails(endpoint, accessToken).catch(() => undefined)
  const timeZone: unknown = Reflect.get(Object(answer?.body), 'timeZone')
  return typeof timeZone === 'string' && isKnown(timeZone) ? timeZone : undefined
}

/** @see https://developers.hubspot.com/docs/api-reference/latest/account/account-information/get-account-details */
function readDetails(endpoint: HubSpotEndpoint, accessToken: string): Promise<Answer> {
  return callHubSpot(endpoint, { method: 'GET', path: '/account-info/2026-03/details', accessToken })
}

function isKnown(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }) !== undefined
  } catch {
    return false
  }
}
