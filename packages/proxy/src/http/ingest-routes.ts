import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { IngestDoor } from './ingest-door.ts'
import { BatchSchema, MessageSchema, ProblemSchema, ResultsSchema } from './schemas.ts'

/** What the door takes, as the framework knows it: for /openapi.json, and for requests whose path is spelled in another way. */
export function ingestRoutes(app: FastifyInstance, door: IngestDoor): void {
  const handOver = (request: FastifyRequest, reply: FastifyReply) => {
    reply.hijack()
    door.answer(request.raw, reply.raw)
  }
  const route = (body: object, summary: string) => ({
    schema: { summary, body, response: { 202: ResultsSchema, default: ProblemSchema } },
    // Before the framework reads the body: the door does that.
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => handOver(request, reply),
    handler: handOver,
  })
  for (const url of ['/v1/batch', '/v1/b']) app.route({ method: 'POST', url, ...route(BatchSchema, 'Track several events') })
  for (const url of ['/v1/track', '/v1/t']) app.route({ method: 'POST', url, ...route(MessageSchema, 'Track one event') })
}
