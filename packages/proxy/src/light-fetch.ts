import { Agent, request } from 'undici'
import type { Fetch } from './hubspot/call.ts'

/** HubSpot keeps a quiet connection open; a new one costs two more journeys. */
const KEEP_ALIVE_MS = 30_000
/** What is longer is no answer: the longest that HubSpot has, a list of 750 event templates, is a few megabytes, and an answer is read into memory whole. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024

const dispatcher = new Agent({ keepAliveTimeout: KEEP_ALIVE_MS, pipelining: 1, maxResponseSize: MAX_ANSWER_BYTES })

/**
 * The part of `fetch` that sending to HubSpot needs, for less than half of its CPU time: without web streams. Connections are kept;
 * there is one for each request on its way, so that a slow answer stands in nobody's way.
 *
 * A redirect is an answer like any other: it is not followed.
 */
export const lightFetch: Fetch = async (url, { method, headers, body, signal }) => {
  const answer = await request(url, { method: method as 'POST', headers, body, signal, dispatcher })
  return {
    status: answer.statusCode,
    headers: { get: (name) => headerText(answer.headers[name]) },
    text: () => answer.body.text(),
  }
}

function headerText(value: string | string[] | undefined): string | null {
  return Array.isArray(value) ? value.join(', ') : (value ?? null)
}
