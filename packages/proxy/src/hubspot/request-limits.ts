/** What HubSpot says with an answer of the requests it allows. Each may be missing: OAuth apps are not told of the day, for instance. */
export interface RequestLimits {
  /** Most requests in the window of ten seconds. */
  max?: number
  /** How many of them are left. */
  remaining?: number
  dailyRemaining?: number
}

const PREFIX = 'x-hubspot-ratelimit-'

/** @see https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
export function readRequestLimits(headers: { get(name: string): string | null }): RequestLimits {
  const limits: RequestLimits = {}
  const max = readWhole(headers.get(`${PREFIX}max`))
  const remaining = readWhole(headers.get(`${PREFIX}remaining`))
  const dailyRemaining = readWhole(headers.get(`${PREFIX}daily-remaining`))
  // Of a window of another length nothing is known here.
  const isOurs = ['10000', null].includes(headers.get(`${PREFIX}interval-milliseconds`))
  if (isOurs && max !== undefined && max > 0) limits.max = max
  if (isOurs && remaining !== undefined) limits.remaining = remaining
  if (dailyRemaining !== undefined) limits.dailyRemaining = dailyRemaining
  return limits
}

function readWhole(text: string | null): number | undefined {
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
