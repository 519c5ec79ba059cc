import type { FastifyInstance } from 'fastify'
import { readJson } from '../http/body-parsers.ts'
import type { World } from '../world.ts'
import { checkFault } from './check-fault.ts'

/** Asks for faults, shows those still pending, and clears them. */
export function faultRoutes(app: FastifyInstance, world: World): void {
  app.post('/_emulator/faults', async (request, reply) => {
    world.faults.add(checkFault(readJson(request).value))
    return reply.code(201).send(world.faults.pending())
  })
  app.get('/_emulator/faults', async () => world.faults.pending())
  app.delete('/_emulator/faults', async (_request, reply) => {
    world.faults.clear()
    return reply.code(204).send()
  })
}
