import type { FastifyInstance } from 'fastify'
import { readPortalId } from '../developer-app.ts'
import { readJson } from '../http/body-parsers.ts'
import { validationError } from '../http/hubspot-error.ts'
import { describe, readFields, readOptionalWhole, refuseUnknown } from '../http/read-fields.ts'
import type { Fields } from '../http/read-fields.ts'
import { ALL_SCOPES } from '../oauth/scopes.ts'
import { V1_ERAS } from '../timeline-v1/era.ts'
import type { V1Era } from '../timeline-v1/era.ts'
import type { World } from '../world.ts'

const MAX_PER_10_SECONDS = 1_000_000
const MAX_PER_DAY = 1_000_000_000
const MAX_ACCESS_TOKEN_SECONDS = 86_400

type TokenQuery = { portal?: string; kind?: string }

/** Changes limits while running, and hands out a token to a client under test. */
export function settingRoutes(app: FastifyInstance, world: World): void {
  app.post('/_emulator/limits', async (request) => {
    const changes = checkLimits(readJson(request).value)
    Object.assign(world.settings, changes)
    if (changes.per10s !== undefined) world.rateLimit.clear()
    if (changes.perDay !== undefined) world.dailyLimit.clear()
    return world.settings
  })
  app.get('/_emulator/limits', async () => world.settings)

  app.get<{ Querystring: TokenQuery }>('/_emulator/token', async (request) => {
    const portalId = readPortalId(request.query.portal)
    if (portalId === undefined) throw validationError('"portal" must be an account number, such as ?portal=62515')
    const { kind = 'oauth' } = request.query
    if (kind !== 'oauth' && kind !== 'private-app') throw validationError(`"kind" must be oauth or private-app, not "${kind}"`)
    const issue = kind === 'oauth' ? world.grants.issueAccess : world.grants.issuePrivateApp
    return { access_token: issue({ portalId, scopes: ALL_SCOPES }).token }
  })
}

function checkLimits(value: unknown) {
  const fields = readFields(value, 'limits')
  refuseUnknown(fields, ['per10s', 'accessTokenSeconds', 'perDay', 'v1Era', 'rotateRefreshTokens'])
  const per10s = readLimit(fields, 'per10s', MAX_PER_10_SECONDS)
  const perDay = readLimit(fields, 'perDay', MAX_PER_DAY)
  const v1Era = readEra(fields)
  const accessTokenSeconds = readOptionalWhole(fields, 'accessTokenSeconds', { min: 1, max: MAX_ACCESS_TOKEN_SECONDS })
  const { rotateRefreshTokens } = fields
  if (rotateRefreshTokens !== undefined && typeof rotateRefreshTokens !== 'boolean')
    throw validationError(`"rotateRefreshTokens" must be true or false, not ${describe(rotateRefreshTokens)}`)
  return {
    ...(per10s !== undefined && { per10s }),
    ...(perDay !== undefined && { perDay }),
    ...(rotateRefreshTokens !== undefined && { rotateRefreshTokens }),
    ...(v1Era !== undefined && { v1Era }),
    ...(accessTokenSeconds !== undefined && { accessTokenSeconds }),
  }
}

function readLimit(fields: Fields, name: 'per10s' | 'perDay', max: number): number | null | undefined {
  return fields[name] === null ? null : readOptionalWhole(fields, name, { min: 1, max })
}

function readEra({ v1Era }: Fields): V1Era | undefined {
  const era = V1_ERAS.find((known) => known === v1Era)
  if (era !== undefined || v1Era === undefined) return era
  throw validationError(`"v1Era" must be one of ${V1_ERAS.join(', ')}, not ${describe(v1Era)}`)
}
