/** The one app that exists in this HubSpot, and the keys its developer holds. None of them opens anything elsewhere. */
export const DEVELOPER_APP = {
  id: 1,
  name: 'Trackline',
  clientId: 'trackline-dev',
  clientSecret: 'trackline-dev-secret',
  developerKey: 'trackline-dev-key',
} as const

/** The account an install goes to unless another is chosen. */
export const DEFAULT_PORTAL_ID = 62515

/** What a person sees as the account's name. */
export function accountName(portalId: number): string {
  return portalId === DEFAULT_PORTAL_ID ? 'Trackline Demo' : `Test account ${portalId}`
}

/** The host name HubSpot would give the account; it resolves nowhere. */
export function accountDomain(portalId: number): string {
  return `account-${portalId}.example`
}

/** Reads an account number as people type it: 1 to 15 digits, not zero; anything else is undefined. */
export function readPortalId(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return undefined
  const portalId = Number(text)
  return portalId > 0 ? portalId : undefined
}
