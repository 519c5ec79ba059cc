import type { FastifyInstance } from 'fastify'
import { readPortalId } from '../developer-app.ts'
import { readJson } from '../http/body-parsers.ts'
import { validationError } from '../http/hubspot-error.ts'
import { readFields, readOptionalWhole, refuseUnknown } from '../http/read-fields.ts'
import { ALL_SCOPES } from '../oauth/scopes.ts'
import type { World } from '../world.ts'

const MAX_PER_10_SECONDS = 1_000_000
const MAX_ACCESS_TOKEN_SECONDS = 86_400

/** Changes limits while running, and hands out a token to a client under test. */
export function settingRoutes(app: FastifyInstance, world: World): void {
  app.post('/_emulator/limits', async (request) => {
    const changes = checkLimits(readJson(request).value)
    Object.assign(world.settings, changes)
    if (changes.per10s !== undefined) world.rateLimit.clear()
    return world.settings
  })
  app.get('/_emulator/limits', async () => world.settings)

  app.get<{ Querystring: { portal?: string } }>('/_emulator/token', async (request) => {
    const portalId = readPortalId(request.query.portal)
    if (portalId === undefined) throw validationError('"portal" must be an account number, such as ?portal=62515')
    return { access_token: world.grants.issueAccess({ portalId, scopes: ALL_SCOPES }).token }
  })
}

function checkLimits(value: unknown) {
  const fields = readFields(value, 'limits')
  refuseUnknown(fields, ['per10s', 'accessTokenSeconds'])
  const isLifted = fields['per10s'] === null
  const per10s = isLifted ? null : readOptionalWhole(fields, 'per10s', { min: 1, max: MAX_PER_10_SECONDS })
  const accessTokenSeconds = readOptionalWhole(fields, 'accessTokenSeconds', { min: 1, max: MAX_ACCESS_TOKEN_SECONDS })
  return { ...(per10s !== undefined && { per10s }), ...(accessTokenSeconds !== undefined && { accessTokenSeconds }) }
}
