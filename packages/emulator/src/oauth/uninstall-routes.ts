import type { FastifyInstance } from 'fastify'
import type { Guard } from '../http/guard.ts'
import type { World } from '../world.ts'

const VERSIONS = ['2026-03', 'v3']

/** Removes the app from the account whose token asks: its refresh tokens and access tokens end at once. */
export function uninstallRoutes(app: FastifyInstance, world: World, guard: Guard): void {
  for (const version of VERSIONS) {
    app.delete(`/appinstalls/${version}/external-install`, { onRequest: guard.bearer([]) }, async (request, reply) => {
      world.grants.uninstall(guard.portalOf(request))
      return reply.code(204).send()
    })
  }
}
