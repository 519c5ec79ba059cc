import { checkedClock } from '../options/checked-clock.ts'
import type { Session } from '../verify-session.ts'

/** What is denied: one person, one sign-in, or one token, of one issuer or of any. */
export interface Denied {
  /** Exactly one of these three: the session's subject, its `sid` claim, or its `jti` claim. */
  sub?: string
  sid?: string
  jti?: string
  /** Only sessions of this issuer; without it, of any. */
  issuer?: string
  /** When the entry is forgotten: for a `sid` or `jti`, when its tokens have expired. Without it, never. */
  until?: Date
}

export interface DenyList {
  /** Acts on the next call of `isDenied`. @throws TypeError, RangeError when the list is full */
  deny(entry: Denied): void
  /** Takes an entry back. */
  allow(entry: Denied): void
  /** For `verifySession(…, { isDenied: list.isDenied })`. */
  isDenied(session: Session): boolean
}

const MAX_ENTRIES = 100_000
const KINDS = ['sub', 'sid', 'jti'] as const

/**
 * A deny list in memory, at most 100,000 entries. It forgets all with the process and is not shared between processes: for
 * that, write an `isDenied` that asks your own table.
 * @param now the clock. Default: the system's.
 */
export function denyList(now?: () => Date): DenyList {
  const clock = checkedClock('denyList', now)
  const entries = new Map<string, number>()

  function isListed(key: string): boolean {
    const untilMs = entries.get(key)
    if (untilMs === undefined) return false
    if (clock().getTime() < untilMs) return true
    entries.delete(key)
    return false
  }

  function dropPast(): void {
    for (const [key, untilMs] of entries) if (untilMs <= clock().getTime()) entries.delete(key)
  }

  return {
    deny(entry) {
      const key = keyOf(entry)
      const untilMs = entry.until?.getTime() ?? Number.POSITIVE_INFINITY
      if (Number.isNaN(untilMs)) throw new TypeError('denyList: `until` is no moment (an invalid Date)')
      if (entries.size >= MAX_ENTRIES) dropPast()
      if (entries.size >= MAX_ENTRIES) throw new RangeError(`denyList: it holds ${MAX_ENTRIES} entries; give them an \`until\``)
      entries.set(key, untilMs)
    },
    allow(entry) {
      entries.delete(keyOf(entry))
    },
    isDenied(session) {
      return keysOf(session).some(isListed)
    },
  }
}

function keyOf(entry: Denied): string {
  const [kind, another] = KINDS.filter((name) => typeof entry[name] === 'string' && entry[name] !== '')
  if (kind === undefined || another !== undefined) throw new TypeError('denyList: expected exactly one of `sub`, `sid` and `jti`')
  return JSON.stringify([kind, entry[kind], entry.issuer])
}

function keysOf({ subject, issuer, claims }: Session): string[] {
  // Some issuers number their sessions: whoever denies one writes the number as text.
  const textOf = (value: unknown) => (typeof value === 'number' ? String(value) : value)
  const values = { sub: subject, sid: textOf(claims.sid), jti: textOf(claims.jti) }
  return KINDS.flatMap((kind) => [undefined, issuer].map((of) => JSON.stringify([kind, values[kind], of])))
}
