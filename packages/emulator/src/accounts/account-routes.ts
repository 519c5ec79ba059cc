import type { FastifyInstance } from 'fastify'
import { accountName, readPortalId } from '../developer-app.ts'
import { readJson } from '../http/body-parsers.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, refuseUnknown } from '../http/read-fields.ts'
import type { World } from '../world.ts'

/** Changes what an account subscribes to: `{ "portal": 62515, "enterprise": false }`. All are Enterprise until told otherwise. */
export function accountRoutes(app: FastifyInstance, world: World): void {
  app.post('/_emulator/accounts', async (request) => {
    const { portalId, isEnterprise } = checkAccount(readJson(request).value)
    world.accounts.setEnterprise(portalId, isEnterprise)
    return { portal: portalId, name: accountName(portalId), enterprise: world.accounts.isEnterprise(portalId) }
  })
}

function checkAccount(value: unknown) {
  const fields = readFields(value, 'an account')
  refuseUnknown(fields, ['portal', 'enterprise'])
  const { portal, enterprise } = fields
  const portalId = readPortalId(String(portal))
  if (portalId === undefined) throw validationError(`"portal" must be an account number, such as 62515, not ${describe(portal)}`)
  if (typeof enterprise === 'boolean') return { portalId, isEnterprise: enterprise }
  throw validationError(`"enterprise" must be true or false, not ${describe(enterprise)}`)
}
