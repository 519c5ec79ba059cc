import { describeValue } from '../options/describe-value.ts'
import { headerText } from '../token/header-values.ts'
import type { HeadersInput } from '../token/header-values.ts'

/** A Fetch `Request`, a Node request, or anything with a method and headers. */
export interface RouteRequest extends HeadersInput {
  readonly method?: string | undefined
}

/** Whether the asking page may have the answer, and what headers let it read it; or why not. */
export type Judgement = { readonly headers: Record<string, string> } | { readonly foreign: string }

/**
 * Tells our own pages from those of other sites, by the two headers that no page can forge.
 *
 * Where a request has neither, it comes from no page of another site: a browser adds `Origin` to every request whose answer
 * another site's page could read.
 */
export function judgeSender(request: RouteRequest, origins: readonly string[]): Judgement {
  const origin = headerText(request, 'origin')
  const site = headerText(request, 'sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return { headers: {} }
  if (origin !== undefined && origins.includes(origin)) return { headers: crossOrigin(origin) }
  if (origin === undefined && site === undefined) return { headers: {} }
  if (site === undefined && isOwn(origin, headerText(request, 'host'))) return { headers: {} }
  return { foreign: `the request comes from a page of ${origin === undefined ? 'another origin' : describeValue(origin)}` }
}

function isOwn(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

function crossOrigin(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
}
