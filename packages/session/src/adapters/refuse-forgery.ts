import type { RouteRequest } from '../route/judge-sender.ts'
import { headerText } from '../token/header-values.ts'

/** A request that another site's page may have made a browser send. Its message is for the log. */
export class ForgeryError extends Error {
  override readonly name = 'ForgeryError'
}

const SAFE_METHODS: readonly (string | undefined)[] = ['GET', 'HEAD', 'OPTIONS']
const JSON_TYPE = /^application\/json(?:\s*;\s*charset=utf-8)?$/i

/**
 * Refuses a request that changes something and might come from another site: to be asked where the session came in a cookie, which
 * browsers attach to whatever any page sends.
 *
 * The page must be known, by an `Origin` that is listed or by the browser's word that it is ours; and it must have sent what no form
 * can: JSON, and a header of its own.
 * @throws ForgeryError
 */
export function refuseForgery(request: RouteRequest, origins: readonly string[]): void {
  if (SAFE_METHODS.includes(request.method)) return
  const origin = headerText(request, 'origin')
  const isOurs = headerText(request, 'sec-fetch-site') === 'same-origin' || (origin !== undefined && origins.includes(origin))
  if (!isOurs) throw new ForgeryError('the session came in a cookie, and the page that sent it is not known: list its origin in `origins`')
  const type = headerText(request, 'content-type')
  if (type !== undefined && !JSON_TYPE.test(type)) throw new ForgeryError('the session came in a cookie, and the body is not application/json')
  if (headerText(request, 'x-trackline') !== '1') throw new ForgeryError('the session came in a cookie, and the header "x-trackline: 1" is missing')
}
