/** What a server key may do. */
export const SERVER_KEY_SCOPES = ['events:write', 'events:identify', 'events:read'] as const
export type ServerKeyScope = (typeof SERVER_KEY_SCOPES)[number]

/** One entry of a site's `serverKeys`, read. */
export interface ServerKeyEntry {
  digest: string
  scopes: ReadonlySet<ServerKeyScope>
  /** Milliseconds since 1970; infinite: it does not expire. */
  until: number
}

const SCOPE = SERVER_KEY_SCOPES.join('|')
/** The digest of a key; what it may do, everything by default; the last day of its life (UTC), none by default. */
export const SERVER_KEY_ENTRY = `^sha256:[0-9a-f]{64}( (${SCOPE})(,(${SCOPE}))*)?( until [0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?$`
const DAY_MS = 24 * 3_600_000

/** @param entry  of the form of {@link SERVER_KEY_ENTRY} */
export function readServerKeyEntry(entry: string): ServerKeyEntry {
  const [digest = '', ...rest] = entry.split(' ')
  const [scopes, day] = rest[0] === 'until' ? [undefined, rest[1]] : [rest[0], rest[2]]
  const named = SERVER_KEY_SCOPES.filter((scope) => scopes === undefined || scopes.split(',').includes(scope))
  return { digest, scopes: new Set(named), until: day === undefined ? Number.POSITIVE_INFINITY : Date.parse(`${day}T00:00:00Z`) + DAY_MS }
}

export function writeServerKeyEntry(digest: string, { scopes, until }: { scopes?: string | undefined; until?: string | undefined }): string {
  return [digest, ...(scopes === undefined ? [] : [scopes]), ...(until === undefined ? [] : ['until', until])].join(' ')
}
