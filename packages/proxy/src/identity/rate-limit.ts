import { LRUCache } from 'lru-cache'

const MAX_PEOPLE = 50_000
const MINUTE_MS = 60_000

interface Bucket {
  tokens: number
  filledAt: number
}

/**
 * A token bucket for each person: `perMinute` at once, and again as many in each minute that follows.
 *
 * @returns asks for `cost` tokens; 0 when they were taken, else the seconds after which they will be there
 */
export function createRateLimit(perMinute: number | false, now: () => Date): (person: string, cost: number) => number {
  if (perMinute === false) return () => 0
  const buckets = new LRUCache<string, Bucket>({ max: MAX_PEOPLE })

  return (person, asked) => {
    // A single request larger than the bucket must pass some day: it takes all of it.
    const cost = Math.min(asked, perMinute)
    const time = now().getTime()
    const bucket = buckets.get(person) ?? keep(person, { tokens: perMinute, filledAt: time })
    const refilled = Math.min(perMinute, bucket.tokens + (Math.max(0, time - bucket.filledAt) / MINUTE_MS) * perMinute)
    const isEnough = refilled >= cost
    bucket.tokens = isEnough ? refilled - cost : refilled
    bucket.filledAt = time
    return isEnough ? 0 : Math.ceil(((cost - refilled) / perMinute) * (MINUTE_MS / 1000))
  }

  function keep(person: string, bucket: Bucket): Bucket {
    buckets.set(person, bucket)
    return bucket
  }
}
