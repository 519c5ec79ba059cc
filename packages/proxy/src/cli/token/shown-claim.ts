import { shownEmail } from '../../outbox/shown-email.ts'

const TIMES = ['exp', 'iat', 'nbf', 'auth_time']
/** What rules read. All else may be personal, and helps nobody to find a mistake. */
const READ_BY_RULES = ['iss', 'aud', 'azp', 'cid', 'client_id', 'sub', 'token_use', 'token_type', 'typ', 'gty', 'role', 'scp', 'sts', 'email_verified', 'emailVerified', 'is_anonymous']
const MAX_CHARACTERS = 120

/** A claim's value for a person's eyes: times as dates, emails masked, and only the kind of what no rule reads. */
export function shownClaim(name: string, value: unknown, now: Date): string {
  if (TIMES.includes(name) && typeof value === 'number') return shownTime(value, now)
  if (typeof value === 'string' && value.includes('@')) return shownEmail(value)
  if (!READ_BY_RULES.includes(name)) return `(${kindOf(value)}, not shown)`
  // Escapes control characters too: what a stranger wrote must not move the cursor.
  const text = JSON.stringify(value).replace(/[\u007f-\u009f\u2028\u2029]/g, '\ufffd')
  return text.length > MAX_CHARACTERS || text.includes('@') ? `(${kindOf(value)}, not shown)` : text
}

function shownTime(seconds: number, now: Date): string {
  const at = new Date(seconds * 1000)
  if (Number.isNaN(at.getTime())) return String(seconds)
  const minutes = Math.round((at.getTime() - now.getTime()) / 60_000)
  return `${at.toISOString()} (${minutes < 0 ? `${-minutes} min ago` : `in ${minutes} min`})`
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`
  return value === null ? 'null' : `${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`
}
