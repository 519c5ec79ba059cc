import type { FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import type { Guard } from '../http/guard.ts'
import { HubSpotError } from '../http/hubspot-error.ts'
import type { World } from '../world.ts'

/** The door of everything about custom events: a token with the scope, of an account with an Enterprise subscription. */
export function enterpriseDoor(world: World, guard: Guard, scopes: readonly string[]) {
  const requireEnterprise: onRequestAsyncHookHandler = async (request: FastifyRequest) => {
    const portalId = guard.portalOf(request)
    if (world.accounts.isEnterprise(portalId)) return
    throw new HubSpotError(
      403,
      `Account ${portalId} does not have access to custom events: they need an Enterprise subscription`,
      {
        body: { category: 'FORBIDDEN' },
      },
    )
  }
  return { onRequest: [guard.bearer(scopes), requireEnterprise] }
}
