import type { FastifyInstance } from 'fastify'
import { accountName, readPortalId } from '../developer-app.ts'
import { readJson } from '../http/body-parsers.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalText, refuseUnknown } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import type { World } from '../world.ts'

/**
 * Changes an account: `{ "portal": 62515, "enterprise": false, "timeZone": "Europe/Berlin" }`. All are Enterprise and in UTC until told
 * otherwise.
 */
export function accountRoutes(app: FastifyInstance, world: World): void {
  app.post('/_emulator/accounts', async (request) => {
    const { portalId, isEnterprise, timeZone } = checkAccount(readJson(request).value)
    if (isEnterprise !== undefined) world.accounts.setEnterprise(portalId, isEnterprise)
    if (timeZone !== undefined) world.accounts.setTimeZone(portalId, timeZone)
    const { accounts } = world
    return { portal: portalId, name: accountName(portalId), enterprise: accounts.isEnterprise(portalId), timeZone: accounts.timeZone(portalId) }
  })
}

function checkAccount(value: unknown) {
  const fields = readFields(value, 'an account')
  refuseUnknown(fields, ['portal', 'enterprise', 'timeZone'])
  const { portal } = fields
  const portalId = readPortalId(String(portal))
  if (portalId === undefined) throw validationError(`"portal" must be an account number, such as 62515, not ${describe(portal)}`)
  const [isEnterprise, timeZone] = [readEnterprise(fields), readTimeZone(fields)]
  if (isEnterprise === undefined && timeZone === undefined) throw validationError('say what changes: "enterprise" or "timeZone"')
  return { portalId, isEnterprise, timeZone }
}

function readEnterprise({ enterprise }: Fields): boolean | undefined {
  if (enterprise === undefined || typeof enterprise === 'boolean') return enterprise
  throw validationError(`"enterprise" must be true or false, not ${describe(enterprise)}`)
}

function readTimeZone(fields: Fields): string | undefined {
  const timeZone = readOptionalText(fields, 'timeZone', 'an account')
  try {
    // The constructor knows which time zones there are, and throws for any other.
    if (timeZone !== undefined) new Intl.DateTimeFormat('en', { timeZone })
    return timeZone
  } catch {
    throw validationError(`"timeZone" must be the name of a time zone, such as Europe/Berlin, not "${timeZone}"`)
  }
}
