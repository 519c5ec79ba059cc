import { callHubSpot, unreachable } from './call.ts'
import type { Answer, CallOptions, HubSpotEndpoint } from './call.ts'
import { classifyResponse, isTokenExpired } from './classify-response.ts'
import type { Delivery } from './target.ts'

/**
 * Sends one request of events and says what became of them.
 *
 * @param readAnswer  what an answer means where the target knows better than the general table; undefined: it does not
 */
export async function sendRequest(endpoint: HubSpotEndpoint, options: CallOptions, readAnswer: (answer: Answer) => Delivery | undefined): Promise<Delivery> {
  try {
    const answer = await callHubSpot(endpoint, options)
    if (isTokenExpired(answer.status, answer.body)) return { kind: 'token-expired' }
    return readAnswer(answer) ?? { kind: 'whole', outcome: classifyResponse(answer.status, answer.body, answer.headers.get('retry-after')) }
  } catch (error) {
    return { kind: 'whole', outcome: unreachable(error) }
  }
}
