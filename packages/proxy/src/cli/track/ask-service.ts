import { parseJson } from '../../hubspot/call.ts'
import type { Service } from './find-service.ts'

/** Longer than the service itself waits with an answer that is asked to wait. */
const WITHIN_MS = 40_000

interface Asked {
  status: number
  body: unknown
  /** What a `Retry-After` in seconds says. */
  retryAfterSeconds?: number
  /** What the answer says where it is a refusal, and what to do. A TypeError where an option is to be mended. */
  problem: () => Error
}

/** One request to the service, under the server key, with a body of JSON. @throws Error when no answer comes */
export async function askService(service: Service, path: string, { method = 'GET', body: text }: { method?: string; body?: string } = {}): Promise<Asked> {
  const { url, site, key } = service
  const address = new URL(path, url)
  if (site !== undefined) address.searchParams.set('site', site)
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json', ...(text === undefined ? {} : { 'content-type': 'application/json' }) }
  try {
    const answer = await fetch(address, { method, headers, ...(text === undefined ? {} : { body: text }), redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) })
    const body = parseJson(await answer.text())
    const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
    return { status: answer.status, body, ...(seconds >= 0 ? { retryAfterSeconds: seconds } : {}), problem: () => problemOf(answer, body, service) }
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error))
    throw new Error(`no answer from ${url}: ${cause instanceof Error && cause.message ? cause.message : message}`, { cause })
  }
}

function problemOf({ status, headers }: Response, body: unknown, service: Service): Error {
  const [code, detail, remedy] = ['code', 'detail', 'remedy'].map((name): unknown => Reflect.get(Object(body), name))
  if (typeof code !== 'string') return new Error(`${service.url} answered ${status}, not as the service does: is it there?`)
  if (code === 'SITE_UNKNOWN') return new TypeError(siteProblem(service))
  const seconds = headers.get('retry-after')
  return new Error(`${code}: ${String(detail)}; ${String(remedy).replace('Retry-After seconds', seconds === null ? 'a while' : `${seconds} s`)}`)
}

/** The answer speaks of an address; here the site is an option. */
function siteProblem({ url, site, sites }: Service): string {
  const known = sites.length ? `: there are ${sites.join(', ')}` : ''
  return site === undefined ? `--site must say to which of several sites the event belongs${known}` : `--site: no site '${site}' is configured at ${url}${known}`
}
