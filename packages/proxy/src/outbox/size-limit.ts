import { TrackError } from '../errors.ts'
import type { OutboxSize } from './size.ts'

/** It drains as fast as HubSpot takes events, or as old ones are forgotten: sooner is in vain. */
const RETRY_AFTER_SECONDS = 30

export interface SizeLimitParts {
  size: () => Promise<OutboxSize>
  limits: { maxRows: number; maxBytes: number }
  log: (line: Record<string, unknown>, story: string) => void
}

/**
 * Keeps the outbox below a size. It is looked at from time to time, so that no event pays for it: between two looks it may grow past
 * the limit by what arrives meanwhile.
 */
export function createSizeLimit({ size, limits, log }: SizeLimitParts) {
  let full: string | undefined

  return {
    /** Looks how large it is. A store that cannot be asked leaves everything as it was: it refuses events by itself. */
    async look(): Promise<void> {
      const before = full
      full = await size().then((measured) => whyFull(measured, limits), () => before)
      if (full !== before) log({ ...(full === undefined ? {} : { why: full }) }, full === undefined ? 'outbox.has_room' : 'outbox.full')
    },
    isFull: () => full !== undefined,
    /** @throws TrackError `OUTBOX_UNAVAILABLE` while it is full */
    assertRoom(): void {
      if (full !== undefined) throw new TrackError('OUTBOX_UNAVAILABLE', 'the outbox is full', { cause: full, retryAfterSeconds: RETRY_AFTER_SECONDS })
    },
  }
}

function whyFull({ rows, usedBytes = 0 }: OutboxSize, { maxRows, maxBytes }: SizeLimitParts['limits']): string | undefined {
  if (rows >= maxRows) return `it holds ${rows} rows; outbox.maxRows is ${maxRows}`
  return usedBytes >= maxBytes ? `${usedBytes} bytes are in use; outbox.maxBytes is ${maxBytes}` : undefined
}
