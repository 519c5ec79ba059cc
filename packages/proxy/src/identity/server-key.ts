import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { readServerKeyEntry } from '../server-key-entry.ts'
import type { ServerKeyEntry } from '../server-key-entry.ts'

/** What a server key looks like, so that scanners find one that was leaked. The last six characters are a checksum. */
const SERVER_KEY = /^tl_[A-Za-z0-9_-]{43}[0-9a-f]{6}$/
const SECRET_BYTES = 32
const CHECKSUM_LENGTH = 6

/** Makes a server key, shown once, and the digest that goes into the site's `serverKeys`. */
export function generateServerKey(): { key: string; digest: string } {
  const secret = `tl_${randomBytes(SECRET_BYTES).toString('base64url')}`
  const key = secret + checksumOf(secret)
  return { key, digest: digestOf(key) }
}

/** The server key that an Authorization header means to carry: as `Bearer`, or as the user name of `Basic`, where clients of Segment's API put theirs. */
export function serverKeyIn(authorization = ''): string | undefined {
  const [, bearer, basic] = /^(?:Bearer (tl_.*)|Basic (.*))$/i.exec(authorization) ?? []
  if (basic === undefined) return bearer
  const [name = ''] = Buffer.from(basic, 'base64').toString().split(':', 1)
  return name.startsWith('tl_') ? name : undefined
}

/** The entry of this key, found in a time that does not depend on the digests. */
export function findServerKey(entries: readonly string[], key: string): ServerKeyEntry | undefined {
  if (!SERVER_KEY.test(key) || checksumOf(key.slice(0, -CHECKSUM_LENGTH)) !== key.slice(-CHECKSUM_LENGTH)) return undefined
  const digest = Buffer.from(digestOf(key))
  // All of them are compared, whichever fits; of several entries of one key, the first counts.
  const [found] = entries.map(entryOf).filter((entry) => timingSafeEqual(Buffer.from(entry.digest), digest))
  return found
}

const MAX_ENTRIES_READ = 10_000
const entriesRead = new LRUCache<string, ServerKeyEntry>({ max: MAX_ENTRIES_READ })

function entryOf(text: string): ServerKeyEntry {
  const known = entriesRead.get(text) ?? readServerKeyEntry(text)
  entriesRead.set(text, known)
  return known
}

function checksumOf(secret: string): string {
  return createHash('sha256').update(`checksum ${secret}`).digest('hex').slice(0, CHECKSUM_LENGTH)
}

function digestOf(key: string): string {
  return `sha256:${createHash('sha256').update(key).digest('hex')}`
}
