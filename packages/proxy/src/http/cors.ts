import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Site } from '../config.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'

/** Chromium keeps a preflight's answer for two hours at most; ten minutes let a changed configuration arrive soon. */
const PREFLIGHT_SECONDS = 600
/** Besides our own: what tracing libraries add to every fetch of a page; without them its preflight would fail. */
const ALLOWED_HEADERS = ['authorization', 'content-type', 'x-trackline', 'idempotency-key', 'baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-requested-with']

/**
 * Lets pages of listed origins read our replies. It refuses nobody: a browser that is not allowed to read a reply has sent its
 * request all the same, so the caller's origin is checked apart.
 */
export async function allowListedOrigins(app: FastifyInstance, sites: SiteDirectory): Promise<void> {
  const optionsOf = new WeakMap<Site, object>()
  const nobody = { origin: false }

  function optionsFor(site: Site | undefined): object {
    if (!site) return nobody
    const options = optionsOf.get(site) ?? corsOptions(site)
    optionsOf.set(site, options)
    return options
  }

  await app.register(cors, () => (request: FastifyRequest, answer: (error: Error | null, options?: object) => void) => {
    const { origin } = request.headers
    const site = origin === undefined ? undefined : sites.ofOrigin(origin)
    if (!(site instanceof Promise)) return answer(null, optionsFor(site))
    site.then((found) => answer(null, optionsFor(found)), answer)
  })
}

function corsOptions(site: Site) {
  return {
    // The site was found by it: it is one of the site's origins.
    origin: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: ['retry-after'],
    credentials: site.session.some(({ cookie }) => cookie !== undefined),
    maxAge: PREFLIGHT_SECONDS,
  }
}
