import type { Outcome } from '../outcome.ts'

/** The part of `fetch` that is used here; a door may have a cheaper one than the platform's. */
export type Fetch = (url: string, init: FetchInit) => Promise<{ status: number; headers: Pick<Headers, 'get'>; text(): Promise<string> }>

export interface FetchInit {
  method: string
  headers: Record<string, string>
  body: string | null
  signal: AbortSignal
  redirect: 'error'
}

/** How HubSpot is reached. `fetch` and `timeoutMs` come from the door. */
export interface HubSpotEndpoint {
  /** Origin of the API, such as `https://api.hubapi.com`. */
  baseUrl: string
  fetch: Fetch
  timeoutMs: number
  /** From then on no answer is waited for: the process is about to end. Without it: never. */
  ending?: AbortSignal
}

/** An answer of HubSpot's, its body read. */
export interface Answer {
  status: number
  headers: Pick<Headers, 'get'>
  /** The body as JSON; undefined when it is empty or something else. */
  body: unknown
  /** The body is something else, such as the page of a proxy that stands in between. */
  isForeign: boolean
}

export interface CallOptions {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** From the origin on, with its query. */
  path: string
  accessToken?: string
  /** Sent as JSON. */
  json?: unknown
  /** Sent as application/x-www-form-urlencoded. */
  form?: Record<string, string>
}

/** No answer came: the connection failed, was cut, or took too long, or what came was longer than any answer. */
export class NoAnswerError extends Error {
  constructor(cause: unknown) {
    super(`no answer from HubSpot: ${describe(cause)}`, { cause })
    this.name = 'NoAnswerError'
  }
}

/**
 * One HTTP request to HubSpot. Any status is an answer.
 *
 * @throws NoAnswerError when none came within `timeoutMs`, or before `ending`
 */
export async function callHubSpot(endpoint: HubSpotEndpoint, options: CallOptions): Promise<Answer> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (options.accessToken !== undefined) headers.authorization = `Bearer ${options.accessToken}`
  if (options.json !== undefined) headers['content-type'] = 'application/json'
  if (options.form) headers['content-type'] = 'application/x-www-form-urlencoded;charset=UTF-8'
  const body = options.form ? new URLSearchParams(options.form).toString() : options.json === undefined ? null : JSON.stringify(options.json)
  const { method, path } = options
  const patience = startPatience(endpoint)
  try {
    const response = await endpoint.fetch(endpoint.baseUrl + path, { method, headers, body, signal: patience.signal, redirect: 'error' })
    const text = await response.text()
    const json = parseJson(text)
    return { status: response.status, headers: response.headers, body: json, isForeign: json === undefined && text !== '' }
  } catch (error) {
    throw new NoAnswerError(error)
  } finally {
    patience.end()
  }
}

/** Aborted when an answer has taken too long, or at the end of the process. `AbortSignal.any` would keep what it is made of until the time is over, however soon the answer came. */
function startPatience({ timeoutMs, ending }: HubSpotEndpoint): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController()
  const abort = () => controller.abort(ending?.reason)
  const timer = setTimeout(() => controller.abort(new Error(`none within ${timeoutMs} ms`)), timeoutMs)
  if (ending?.aborted) abort()
  ending?.addEventListener('abort', abort)
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      ending?.removeEventListener('abort', abort)
    },
  }
}

/** What a failed call means for the events it carried. */
export function unreachable(error: unknown): Outcome {
  if (!(error instanceof NoAnswerError)) throw error
  return { kind: 'retry', code: 'HUBSPOT_UNREACHABLE', detail: error.message }
}

/** Undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** undici hides why a connection failed in `cause`. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
