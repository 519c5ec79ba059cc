import { callHubSpot, unreachable } from './call.ts'
import type { Answer, CallOptions, HubSpotEndpoint } from './call.ts'
import { classifyResponse } from './classify-response.ts'
import { readRequestLimits } from './request-limits.ts'
import type { Delivery } from './target.ts'

const UNAUTHORIZED = 401

/** What an answer means where the target knows better than the general table; undefined: it does not. */
type ReadAnswer = (answer: Answer) => Delivery | undefined | Promise<Delivery | undefined>

/** Sends one request of events and says what became of them. */
export async function sendRequest(endpoint: HubSpotEndpoint, options: CallOptions, readAnswer: ReadAnswer): Promise<Delivery> {
  try {
    const answer = await callHubSpot(endpoint, options)
    return { ...(await readDelivery(answer, readAnswer)), limits: readRequestLimits(answer.headers) }
  } catch (error) {
    return { kind: 'whole', outcome: unreachable(error) }
  }
}

async function readDelivery(answer: Answer, readAnswer: ReadAnswer): Promise<Delivery> {
  // Run out (EXPIRED_AUTHENTICATION) or withdrawn (INVALID_AUTHENTICATION): renewing tells which.
  if (answer.status === UNAUTHORIZED) return { kind: 'token-refused' }
  return (await readAnswer(answer)) ?? { kind: 'whole', outcome: classifyResponse(answer.status, answer.body, answer.headers.get('retry-after')) }
}
