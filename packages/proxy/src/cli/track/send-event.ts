import type { Message, MessageResult } from '@trackline/shared'
import { askService } from './ask-service.ts'
import type { Service } from './find-service.ts'

const STORED = 202
const ALL_REJECTED = 422

/** Sends one event. @throws Error when the service does not take it for another reason than the event itself */
export async function sendEvent(service: Service, message: Message & { email?: string; userId?: string }): Promise<MessageResult> {
  const { status, body, problem } = await askService(service, '/v1/track', { method: 'POST', body: JSON.stringify(message) })
  const results: unknown = Reflect.get(Object(body), 'results')
  const isRead = (status === STORED || status === ALL_REJECTED) && Array.isArray(results) && results.length === 1
  // The shape that the service's own schema gives its replies.
  if (isRead) return results[0] as MessageResult
  throw problem()
}
