import type { Site } from '../../config.ts'
import { isLoopback } from '../../is-loopback.ts'
import { readServerKeyEntry } from '../../server-key-entry.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

const SOON_MS = 14 * 24 * 3_600_000

/** Who may send for a site: its pages and its servers. */
export function judgeSenders({ name, origins, serverKeys }: Site, { publicUrl, now }: { publicUrl: string; now: number }): Finding[] {
  if (origins.length === 0 && serverKeys.length === 0) return [wrong('nobody may send: it has neither origins nor server keys', `add the pages' origins to sites.${name}.origins`)]
  const pages = origins.length ? [fine(`pages of ${origins.join(', ')} may send`)] : [fine('only servers may send: it lists no origins')]
  return [...pages, ...origins.flatMap((origin) => judgeOrigin(origin, publicUrl)), ...serverKeys.flatMap((entry) => judgeServerKey(entry, now))]
}

function judgeOrigin(origin: string, publicUrl: string): Finding[] {
  const isLocal = isLoopback(origin)
  if (isLocal && !isLoopback(publicUrl)) return [note(`${origin} is a page on a developer's own machine: whoever runs one there may send`, 'leave it out in production')]
  if (new URL(origin).protocol === 'http:' && !isLocal) return [note(`${origin} is not encrypted: anybody on the way can take a session token`, 'serve the site by https, and list that origin')]
  return []
}

function judgeServerKey(entry: string, now: number): Finding[] {
  const { digest, until } = readServerKeyEntry(entry)
  const says = `the server key ${digest.slice(0, 'sha256:'.length + 8)}… ${until <= now ? 'has expired' : 'expires soon'}`
  if (until > now + SOON_MS) return []
  return [note(`${says}, on ${new Date(until).toISOString().slice(0, 10)}`, 'make another with "trackline keys generate --server"; both may be listed while your servers change over')]
}
