import cors from '@fastify/cors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Site } from '../config.ts'
import type { SiteDirectory } from '../identity/site-directory.ts'

/** Chromium keeps a preflight's answer for two hours at most; ten minutes let a changed configuration arrive soon. */
const PREFLIGHT_SECONDS = 600
/** Besides our own: what tracing libraries add to every fetch of a page; without them its preflight would fail. */
const ALLOWED_HEADERS = ['authorization', 'content-type', 'x-trackline', 'idempotency-key', 'baggage', 'sentry-trace', 'traceparent', 'tracestate', 'x-requested-with']
const EXPOSED_HEADERS = 'retry-after'
/** A reply is what it says it is, and is kept for no other origin. */
const BASE_HEADERS: readonly string[] = ['x-content-type-options', 'nosniff', 'vary', 'Origin']

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

/**
 * The same as flat names and values, for a reply that no framework writes.
 *
 * @param site  the one that `origin` was found to belong to, if any
 */
export function corsHeaders(origin: string | undefined, site: Site | undefined): string[] {
  const headers = [...BASE_HEADERS]
  if (origin === undefined || !site) return headers
  headers.push('access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED_HEADERS)
  if (hasCookie(site)) headers.push('access-control-allow-credentials', 'true')
  return headers
}

function hasCookie({ session }: Site): boolean {
  return session.some(({ cookie }) => cookie !== undefined)
}

function corsOptions(site: Site) {
  return {
    // The site was found by it: it is one of the site's origins.
    origin: true,
    methods: ['GET', 'POST'],
    allowedHeaders: ALLOWED_HEADERS,
    exposedHeaders: EXPOSED_HEADERS,
    credentials: hasCookie(site),
    maxAge: PREFLIGHT_SECONDS,
  }
}
