import { MAX_MESSAGE_BYTES } from './limits.ts'
import { countBytes } from './count-bytes.ts'
import { newId } from './new-id.ts'
import type { TrackOptions } from './tracker.ts'

export interface WrittenMessage {
  readonly _message: { event: unknown; messageId?: string }
  /** The message as it travels. */
  readonly _json: string
  readonly _bytes: number
  /** Why it cannot travel: what was thrown (a cycle, a BigInt, a getter's own error), or its size. */
  readonly _problem?: unknown
}

/** Writes one event down as it is now: what the page changes in its objects later is not sent. Never throws. */
export function writeMessage(event: unknown, properties: unknown, options: TrackOptions | null | undefined): WrittenMessage {
  try {
    const { messageId = newId(), timestamp = Date.now(), extraData } = options ?? {}
    const message = { event: `${event}`, messageId: `${messageId}`, timestamp, properties: properties ?? undefined, extraData }
    const json = JSON.stringify(message)
    const bytes = countBytes(json)
    return { _message: message, _json: json, _bytes: bytes, _problem: bytes > MAX_MESSAGE_BYTES && `${bytes} bytes` }
  } catch (problem) {
    return { _message: { event }, _json: '', _bytes: 0, _problem: problem || 'thrown' }
  }
}
