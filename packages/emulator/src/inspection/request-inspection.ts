import type { FastifyInstance } from 'fastify'
import type { World } from '../world.ts'

/** How many calls each path answered with which status; `DELETE` starts counting again. */
export function requestInspection(app: FastifyInstance, world: World): void {
  app.get('/_emulator/requests', async () => world.requestLog.all())
  app.delete('/_emulator/requests', async (_request, reply) => {
    world.requestLog.clear()
    return reply.code(204).send()
  })
}
