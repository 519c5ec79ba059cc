import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { IssuedReceipt } from '../flows/issue-receipt.ts'
import type { Caller } from './caller.ts'
import { EventQuerySchema, ProblemSchema, ReceiptSchema } from './schemas.ts'

export interface ReceiptRouteParts {
  callerOf: (request: FastifyRequest) => Caller
  issue: (query: { account: number; site: string; messageId: string; subject?: string }) => Promise<IssuedReceipt>
}

interface Query {
  userId?: string
}

/** `GET /v1/events/{messageId}/receipt`: a signed proof of what became of an event, for whoever may ask about it. */
export function receiptRoutes(app: FastifyInstance, { callerOf, issue }: ReceiptRouteParts): void {
  const schema = { summary: 'A signed receipt of an event', querystring: EventQuerySchema, response: { 200: ReceiptSchema, default: ProblemSchema } }
  app.get<{ Params: { messageId: string }; Querystring: Query }>('/v1/events/:messageId/receipt', { schema }, async (request) => {
    const { site, speaker } = callerOf(request)
    const subject = speaker.kind === 'person' ? speaker.person.subject : request.query.userId
    return issue({ account: site.portal, site: site.name, messageId: request.params.messageId, ...(subject === undefined ? {} : { subject }) })
  })
}

/** `GET /.well-known/trackline-jwks.json`: the public keys of receipts, for everybody. */
export function receiptKeyRoute(app: FastifyInstance, publishedKeys: () => Promise<{ keys: unknown[] }>): void {
  app.get('/.well-known/trackline-jwks.json', { schema: { summary: 'Public keys that verify receipts' } }, async (_request, reply) =>
    reply.header('cache-control', 'public, max-age=300').header('access-control-allow-origin', '*').send(await publishedKeys()))
}
