import { normalEmail } from '@trackline/session'
import { LRUCache } from 'lru-cache'
import { SourceUnavailable } from './email-source.ts'
import type { Found, LookupSource, PersonQuery } from './email-source.ts'
import { createTurns } from '../turns.ts'

/** Longest time that one source may take for one person. */
const ASK_WITHIN_MS = 2_000
const REMEMBER_EMAIL_MS = 15 * 60_000
const REMEMBER_NOBODY_MS = 60_000
const MAX_REMEMBERED = 50_000
/** Questions to one source at a time: whoever limits requests limits bursts too. */
const MAX_AT_ONCE = 4
/** A source that failed is left alone for up to a second, and for twice as long after each further failure, a minute at most. */
const FIRST_PAUSE_MS = 1_000
const MAX_PAUSE_MS = 60_000

export interface AskerParts {
  now: () => Date
  random: () => number
  log: (line: Record<string, unknown>, story: string) => void
}

export type Answer =
  | { kind: 'found'; email: string; emailVerified?: boolean | undefined }
  | { kind: 'nobody' }
  /** It failed, is being left alone after a failure, or needs a token that is not at hand. */
  | { kind: 'unavailable' }

export interface Asker {
  ask(person: PersonQuery, token?: string): Promise<Answer>
  close(): Promise<void>
}

/** Asks one source: once for a person however many want to know, never longer than 2 seconds, and not while it is to be left alone. */
export function createAsker(source: LookupSource, { now, random, log }: AskerParts): Asker {
  const opened = source.open()
  const remembered = new LRUCache<string, { answer: Answer; until: number }>({ max: MAX_REMEMBERED })
  const asking = new Map<string, Promise<Answer>>()
  const takeTurn = createTurns(MAX_AT_ONCE)
  let pausedUntil = 0
  let failures = 0

  async function ask(person: PersonQuery, token?: string): Promise<Answer> {
    const key = JSON.stringify([person.site, person.issuer, person.subject])
    const known = remembered.get(key)
    if (known && now().getTime() < known.until) return known.answer
    if (source.needsToken && token === undefined) return { kind: 'unavailable' }
    const running = asking.get(key) ?? takeTurn(() => askNow(key, person, token)).finally(() => asking.delete(key))
    asking.set(key, running)
    return running
  }

  async function askNow(key: string, person: PersonQuery, token?: string): Promise<Answer> {
    if (now().getTime() < pausedUntil) return { kind: 'unavailable' }
    try {
      const answer = answerOf(await findInTime(person, token))
      failures = 0
      // An email that is not verified yet may be in a minute.
      const life = answer.kind === 'found' && answer.emailVerified !== false ? REMEMBER_EMAIL_MS : REMEMBER_NOBODY_MS
      remembered.set(key, { answer, until: now().getTime() + life })
      return answer
    } catch (error) {
      pause(person, error)
      return { kind: 'unavailable' }
    }
  }

  /** Aborting is a request; a source that does not hear it is left behind. */
  async function findInTime(person: PersonQuery, token?: string): Promise<Found> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const controller = new AbortController()
    const timer = setTimeout(() => {
      controller.abort()
      reject(new SourceUnavailable(`no answer within ${ASK_WITHIN_MS} ms`))
    }, ASK_WITHIN_MS)
    const circumstances = { signal: controller.signal, now, ...(source.needsToken && token !== undefined ? { token } : {}) }
    try {
      return await Promise.race([opened.find(person, circumstances), late])
    } finally {
      clearTimeout(timer)
    }
  }

  function pause({ site }: PersonQuery, error: unknown): void {
    failures += 1
    const boundMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10))
    const asked = error instanceof SourceUnavailable ? error.retryAfterMs : undefined
    const pauseMs = asked ?? Math.floor(boundMs * random())
    pausedUntil = Math.max(pausedUntil, now().getTime() + pauseMs)
    // What a function of yours throws may quote anything; what our own sources say names nobody.
    const says = error instanceof SourceUnavailable ? error.message : error instanceof Error ? error.name : 'unknown'
    log({ site, source: source.name, error: says, failures, pauseMs }, 'identity.lookup_failed')
  }

  return { ask, close: async () => opened.close?.() }
}

/** What is no address by the widest rules is nobody's. */
function answerOf(found: Found): Answer {
  const { email, emailVerified } = typeof found === 'object' && found !== null ? found : { email: found }
  if (normalEmail(email, true) === undefined) return { kind: 'nobody' }
  return { kind: 'found', email: String(email), emailVerified }
}
