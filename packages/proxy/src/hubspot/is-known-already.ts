import type { Answer } from './call.ts'
import { readErrorBody } from './error-body.ts'

/**
 * HubSpot has an event of this id already. Our ids are hashes of the message, so it is this very event: sent before, and the answer was
 * lost. 409 of app events; 400 "Event ID already in use, please choose a new unique ID" of timeline v1.
 */
export function isKnownAlready({ status, body }: Answer): boolean {
  return status === 409 || (status === 400 && /already in use/i.test(readErrorBody(body).message ?? ''))
}
