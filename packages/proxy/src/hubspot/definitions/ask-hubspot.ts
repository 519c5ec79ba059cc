import { callHubSpot } from '../call.ts'
import type { Answer, CallOptions, HubSpotEndpoint } from '../call.ts'
import { readErrorBody } from '../error-body.ts'

/** What lets a caller manage an app's event types: its developer key, or the token of an account with the scopes `developers-*`. */
export type AppAccess = { developerKey: string } | { accessToken: string }

/** HubSpot did not do what was asked of it, in its own words. */
export class HubSpotRefusal extends Error {
  readonly answer: Answer

  constructor(says: string, answer: Answer) {
    super(says)
    this.name = 'HubSpotRefusal'
    this.answer = answer
  }
}

/**
 * Calls HubSpot for something that must work.
 *
 * @param purpose  ends the sentence "HubSpot would not …"
 * @throws HubSpotRefusal when it refuses, never with a key or a token
 */
export async function askHubSpot(endpoint: HubSpotEndpoint, options: CallOptions, purpose: string): Promise<Answer> {
  return assertDone(await callHubSpot(endpoint, options), purpose)
}

/** The same for an answer that is there already. */
export function assertDone(answer: Answer, purpose: string): Answer {
  if (answer.status >= 200 && answer.status < 300) return answer
  throw new HubSpotRefusal(`HubSpot would not ${purpose}: ${readErrorBody(answer.body).message ?? `it answered ${answer.status}`}`, answer)
}

/** The same call, with the credential where HubSpot looks for it. */
export function withAccess(options: CallOptions, access: AppAccess): CallOptions {
  if ('accessToken' in access) return { ...options, accessToken: access.accessToken }
  return { ...options, path: `${options.path}?hapikey=${encodeURIComponent(access.developerKey)}` }
}

/** The `results` of an answer. @throws Error when it has none */
export function resultsOf({ body }: Answer, what: string): object[] {
  const results: unknown = Reflect.get(Object(body), 'results')
  return objectsIn(results, what)
}

/** The members of a list. @throws Error when it is none */
export function objectsIn(list: unknown, what: string): object[] {
  if (!Array.isArray(list)) throw new Error(`HubSpot listed the ${what} in an unknown form`)
  return list.map(Object)
}
