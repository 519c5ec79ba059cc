import { SourceUnavailable } from '../email-source.ts'

const SECOND_MS = 1_000
/** What a service may ask of us at most: a header that is wrong must not silence a source for a day. */
const MAX_RETRY_AFTER_MS = 3_600_000
/** Refusals that ask to come back. */
const COME_BACK = [429, 503]

export interface JsonRequest {
  fetch: typeof fetch
  url: URL | string
  /** What is asked, as the log calls it. */
  what: string
  now: () => Date
  init: RequestInit
}

export interface JsonAnswer {
  status: number
  /** `{}` for an answer without a JSON object. */
  body: Readonly<Record<string, unknown>>
}

/**
 * Asks a service. Answers below 500 are for the caller to read.
 *
 * @throws SourceUnavailable when no answer came, the service failed or is busy (429, 503, with what `Retry-After` says), or a success
 *   is not JSON
 */
export async function askJson({ fetch, url, what, now, init }: JsonRequest): Promise<JsonAnswer> {
  const response = await fetch(url, { ...init, headers: { accept: 'application/json', ...init.headers } }).catch((cause: unknown) => {
    throw new SourceUnavailable(`${what} gave no answer: ${cause instanceof Error ? cause.message : String(cause)}`)
  })
  const { status } = response
  if (COME_BACK.includes(status)) {
    throw new SourceUnavailable(`${what} answered ${status}`, { retryAfterMs: retryAfterMs(response.headers, now()) })
  }
  if (status >= 500 || (status >= 300 && status < 400)) throw new SourceUnavailable(`${what} answered ${status}`)
  const text = await response.text()
  const body = parseObject(text)
  if (status === 200 && body === undefined) throw new SourceUnavailable(`${what} answered 200 without a JSON object`)
  return { status, body: body ?? {} }
}

/** `Retry-After` in seconds or as a date; Auth0 says when its window ends, in seconds since 1970. */
function retryAfterMs(headers: Headers, now: Date): number | undefined {
  const retryAfter = headers.get('retry-after')
  const reset = Number(headers.get('x-ratelimit-reset') || Number.NaN)
  const seconds = Number(retryAfter || Number.NaN)
  const untilMs = Number.isNaN(seconds) ? Date.parse(retryAfter ?? '') : now.getTime() + seconds * SECOND_MS
  const waitMs = (Number.isNaN(untilMs) ? reset * SECOND_MS : untilMs) - now.getTime()
  return Number.isNaN(waitMs) ? undefined : Math.min(Math.max(waitMs, SECOND_MS), MAX_RETRY_AFTER_MS)
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    // An object that is no array has members by name.
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? (parsed as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** What a service said of an email; its form is checked by whoever uses it. */
export function emailIn(email: unknown, verified: unknown): { email: string; emailVerified?: boolean } | undefined {
  if (typeof email !== 'string' || email === '') return undefined
  return { email, ...(verified === undefined ? {} : { emailVerified: verified === true || verified === 'true' }) }
}
