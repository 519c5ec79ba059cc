/** HubSpot counts over a rolling window of this length. */
const WINDOW_MS = 10_000
/** Requests travel: what we send at the end of one window must not arrive in the one before. */
const MARGIN_MS = 400

interface RateLimiterOptions {
  /** Most requests an account may get in 10 seconds. */
  requestsPer10Seconds: number
  now: () => Date
  sleep: (ms: number) => Promise<void>
}

/**
 * Lets as many requests through as HubSpot allows an account, never more; the others wait for their turn.
 *
 * The account's lease makes us the only one that sends for it, so counting here is counting all.
 * @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
export function rateLimiter({ requestsPer10Seconds, now, sleep }: RateLimiterOptions): (account: number) => Promise<void> {
  const sentAt = new Map<number, number[]>()

  return async function takeTurn(account) {
    const sent = sentAt.get(account) ?? []
    sentAt.set(account, sent)
    for (;;) {
      const windowStart = now().getTime() - WINDOW_MS - MARGIN_MS
      while (sent[0] !== undefined && sent[0] <= windowStart) sent.shift()
      const oldest = sent[0]
      if (oldest === undefined || sent.length < requestsPer10Seconds) break
      await sleep(oldest - windowStart)
    }
    sent.push(now().getTime())
  }
}
