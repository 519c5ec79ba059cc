import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Config, Site } from '../config.ts'

/** Chromium keeps a preflight's answer for two hours at most; ten minutes let a changed configuration arrive soon. */
const PREFLIGHT_SECONDS = 600
/** Besides our own: what tracing libraries add to every fetch of a page; without them its preflight would fail. */
const ALLOWED_HEADERS = ['authorization', 'content-type', 'x-trackline', 'idempotency-key', 'baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-requested-with']

/**
 * Lets pages of listed origins read our replies. It refuses nobody: a browser that is not allowed to read a reply has sent its
 * request all the same, so the caller's origin is checked apart.
 */
export async function allowListedOrigins(app: FastifyInstance, sites: Config['sites']): Promise<void> {
  const listed = new Map(Object.values(sites).flatMap((site) => site.origins.map((origin) => [origin, corsOptions(origin, site)])))
  const nobody = { origin: false }
  await app.register(cors, () => (request: FastifyRequest, answer: (error: Error | null, options: object) => void) => {
    answer(null, listed.get(request.headers.origin ?? '') ?? nobody)
  })
}

function corsOptions(origin: string, site: Site) {
  return {
    origin: [origin],
    methods: ['GET', 'POST'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: ['retry-after'],
    credentials: site.session.some(({ cookie }) => cookie !== undefined),
    maxAge: PREFLIGHT_SECONDS,
  }
}
