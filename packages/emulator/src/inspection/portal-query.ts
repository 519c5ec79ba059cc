import { readPortalId } from '../developer-app.ts'
import { validationError } from '../http/hubspot-error.ts'

/** Query of calls and pages that may be narrowed to one account. */
export type PortalQuery = { portal?: string }

/** The account named by `?portal=`, undefined for none, 400 for one that is not a number. */
export function portalOfQuery({ portal }: PortalQuery): number | undefined {
  if (portal === undefined) return undefined
  const portalId = readPortalId(portal)
  if (portalId !== undefined) return portalId
  throw validationError(`"portal" must be an account number, not "${portal}"`)
}
