import { parseJson } from '../../hubspot/call.ts'
import type { Service } from './find-service.ts'

/** Longer than the service itself waits with an answer that is asked to wait. */
const WITHIN_MS = 40_000

interface Asked {
  status: number
  body: unknown
  /** What the answer says where it is a refusal, and what to do. */
  problem: string
}

/** One request to the service, under the server key. @throws Error when no answer comes */
export async function askService({ url, site, key }: Service, path: string, { method = 'GET', json }: { method?: string; json?: object } = {}): Promise<Asked> {
  const address = new URL(path, url)
  if (site !== undefined) address.searchParams.set('site', site)
  const headers = { authorization: `Bearer ${key}`, accept: 'application/json', ...(json ? { 'content-type': 'application/json' } : {}) }
  try {
    const answer = await fetch(address, { method, headers, ...(json ? { body: JSON.stringify(json) } : {}), redirect: 'error', signal: AbortSignal.timeout(WITHIN_MS) })
    const body = parseJson(await answer.text())
    return { status: answer.status, body, problem: problemOf(answer.status, body, url) }
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : new Error(String(error))
    throw new Error(`no answer from ${url}: ${cause instanceof Error && cause.message ? cause.message : message}`, { cause })
  }
}

function problemOf(status: number, body: unknown, url: string): string {
  const field = (name: string): unknown => Reflect.get(Object(body), name)
  if (typeof field('code') !== 'string') return `${url} answered ${status}, not as the service does: is it there?`
  return `${String(field('code'))}: ${String(field('detail'))}; ${String(field('remedy'))}`
}
