import fastifyJwt from '@fastify/jwt'
import { fastify } from 'fastify'

/** Fastify with @fastify/jwt, as its documentation sets it up: `accept` is given the events of a request, and whose they are. */
export async function signedInApp(accept) {
  const app = fastify()
  await app.register(fastifyJwt, { secret: { public: process.env.PUBLIC_KEY }, verify: { algorithms: ['ES256'], allowedIss: 'app', allowedAud: 'trackline' } })
  app.post('/v1/batch', { onRequest: (request) => request.jwtVerify() }, async ({ body, user }, reply) => {
    await accept(body.batch.map((event) => ({ ...event, email: user.email })))
    reply.code(202)
    return { results: body.batch.map(({ messageId }) => ({ messageId, status: 'queued' })) }
  })
  return app
}
