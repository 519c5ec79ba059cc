import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** A page may use the script it has for this long; then it asks whether there is a newer one. */
const MAX_AGE_SECONDS = 300

/** `GET /s.js`: the snippet. */
export function snippetRoute(app: FastifyInstance, script: string): void {
  const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`
  app.get('/s.js', async (request, reply) => {
    reply
      .header('etag', etag)
      .header('cache-control', `public, max-age=${MAX_AGE_SECONDS}, stale-while-revalidate=86400`)
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
    if (request.headers['if-none-match'] === etag) return reply.code(304).send()
    return reply.type('text/javascript; charset=utf-8').send(script)
  })
}
