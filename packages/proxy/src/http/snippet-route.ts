import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { acceptedEncoding, compressedForms } from './compressed-forms.ts'

/** A page may use the script it has for this long; then it asks whether there is a newer one. */
const MAX_AGE_SECONDS = 300

/** The built script tags by the name that they are served under: the snippet alone, and with its optional modules. */
export type Snippets = Readonly<Record<'s' | 's-modules', string>>

/** Where the snippet is served, and what a page needs to pin it. */
export interface SnippetAddress {
  /** `/s.<hash>.js`: this build of the snippet and no other, for ever. */
  path: string
  /** For the script tag's `integrity` attribute: `sha384-…`. */
  integrity: string
}

/** Names one build of the snippet: a page that uses `path` with `integrity` runs exactly this script. */
export function snippetAddress(script: string, name: keyof Snippets = 's'): SnippetAddress {
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 16)
  return { path: `/${name}.${hash}.js`, integrity: `sha384-${createHash('sha384').update(script).digest('base64')}` }
}

/** `GET /s.js` and `GET /s-modules.js`: the newest ones; and under addresses of their own, these, which never change. */
export function snippetRoutes(app: FastifyInstance, snippets: Snippets): void {
  serveSnippet(app, 's', snippets.s)
  serveSnippet(app, 's-modules', snippets['s-modules'])
}

function serveSnippet(app: FastifyInstance, name: keyof Snippets, script: string): void {
  const { path } = snippetAddress(script, name)
  const digest = createHash('sha256').update(script).digest('base64url').slice(0, 22)
  const forms = compressedForms(script)
  const serve = (cacheControl: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    const encoding = acceptedEncoding(request.raw)
    const etag = `"${digest}-${encoding}"`
    reply
      .header('etag', etag)
      .header('vary', 'accept-encoding')
      .header('cache-control', cacheControl)
      .header('access-control-allow-origin', '*')
      .header('cross-origin-resource-policy', 'cross-origin')
    if (isKnown(etag, request.headers['if-none-match'])) return reply.code(304).send()
    if (encoding !== 'identity') reply.header('content-encoding', encoding)
    return reply.type('text/javascript; charset=utf-8').send(forms[encoding])
  }
  app.get(`/${name}.js`, serve(`public, max-age=${MAX_AGE_SECONDS}, stale-while-revalidate=86400`))
  app.get(path, serve('public, max-age=31536000, immutable'))
}

/** By the weak comparison that RFC 9110, 13.1.2 asks for: a cache may have made the tag weak (`W/"…"`), and may list several. No tag of ours holds a comma. */
function isKnown(etag: string, ifNoneMatch = ''): boolean {
  return ifNoneMatch.split(',').some((known) => known.trim().replace(/^W\//, '') === etag)
}
