import { countBytes } from './count-bytes.ts'
import { ENVELOPE_BYTES } from './limits.ts'
import type { Outcome, TrackerOptions } from './tracker.ts'
import type { WrittenMessage } from './write-message.ts'

const MAX_ENTRIES = 1_000
const MAX_AGE_MS = 7 * 86_400_000

/** One event that waits to be sent. */
export interface Entry extends WrittenMessage {
  /** Where it is stored: the queue's prefix, then the moment it was raised. Keys sort in that order. */
  readonly _key: string
  /** Digest of whose event it is; undefined until a token says so. */
  _owner?: string | undefined
  /** How often the session had been asked for when it was raised. */
  readonly _round?: number
  _isInFlight?: boolean
  _isStored?: boolean
  readonly _resolve?: (outcome: Outcome) => void
}

export interface Reason {
  code: string
  message?: unknown
}

export type Report = (entry: Entry, outcome: Outcome, reason: Reason) => void
export type Queue = ReturnType<typeof openQueue>

/** The events that wait: in memory, and under one localStorage key each where `persist` asks for it. */
export function openQueue({ endpoint, persist }: TrackerOptions, report: Report) {
  const entries = new Map<string, Entry>()
  const prefix = `trackline ${endpoint} `
  return {
    _entries: entries,
    _prefix: prefix,
    _add: add,
    _adopt: adopt,
    _synchronize: synchronize,
    _pick: pick,
    _settle: settle,
    _forget: forget,
    _forgetStored: forgetStored,
  }

  function add(entry: Entry): void {
    if (entries.size >= MAX_ENTRIES) return forget(entry, 'dropped', { code: 'QUEUE_FULL' })
    entries.set(entry._key, entry)
    store(entry)
  }

  /**
   * Makes this person the owner of the events raised since the session was last asked for, and of those raised before the
   * page's first token.
   */
  function adopt(person: string | undefined, round: number): void {
    for (const entry of entries.values()) {
      if (entry._owner && entry._round !== round) continue
      entry._owner = person
      store(entry)
    }
  }

  /** An event without an owner stays in memory: another page could not tell whose it is. */
  function store(entry: Entry): void {
    if (!persist || !entry._owner) return
    try {
      localStorage[entry._key] = entry._owner + entry._json
      entry._isStored = true
    } catch {
      // Denied or full: memory is what is left.
    }
  }

  /** Takes in what other pages stored; lets go of what is too old, and of what another tab sent or deleted. */
  function synchronize(): void {
    for (const key of storedKeys()) {
      if (!entries.has(key)) entries.set(key, readStored(key))
    }
    for (const entry of entries.values()) {
      if (entry._isInFlight) continue
      const ageMs = Date.now() - parseInt(entry._key.slice(prefix.length))
      if (ageMs > MAX_AGE_MS) settle(entry, 'dropped', { code: 'EXPIRED' })
      else if (entry._isStored && !localStorage[entry._key]) settle(entry, 'accepted')
    }
  }

  function storedKeys(): string[] {
    try {
      return Object.keys(persist ? localStorage : {}).filter((key) => key.startsWith(prefix)).sort()
    } catch {
      return []
    }
  }

  /** The oldest events of one person that fit into a request of so many bytes. */
  function pick(owner: string | undefined, maxEvents: number, maxBytes: number): Entry[] {
    let bytes = ENVELOPE_BYTES
    const batch: Entry[] = []
    for (const entry of entries.values()) {
      if (entry._isInFlight || entry._owner !== owner) continue
      bytes += entry._bytes + 1
      if (bytes > maxBytes || batch.length >= maxEvents) break
      batch.push(entry)
    }
    return batch
  }

  function settle(entry: Entry, outcome: Outcome, reason?: Reason): void {
    if (entry._isStored) delete localStorage[entry._key]
    forget(entry, outcome, reason)
  }

  /** Lets go of the event in this page; a stored copy stays for the next one. */
  function forget(entry: Entry, outcome: Outcome, reason?: Reason): void {
    entries.delete(entry._key)
    if (reason) report(entry, outcome, reason)
    entry._resolve?.(outcome)
  }

  function forgetStored(): void {
    for (const key of storedKeys()) delete localStorage[key]
  }
}

/** A digest holds no brace, and every message begins with one. */
function readStored(key: string): Entry {
  const stored: string = localStorage[key]
  const json = stored.replace(/^[^{]*/, '')
  return { _key: key, _message: JSON.parse(json), _json: json, _bytes: countBytes(json), _owner: stored.replace(json, ''), _isStored: true }
}
