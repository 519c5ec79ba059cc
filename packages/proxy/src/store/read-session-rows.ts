import type { Denial, SigningKey } from '../outbox/store.ts'
import type { SqlRow } from './read-row.ts'

export function readDenial({ kind, value, site, issuer, until, revision }: SqlRow): Denial & { revision: number } {
  const end = until === null || until === undefined ? {} : { until: Number(until) }
  // The only writer of the column is typed so.
  return { kind: String(kind) as Denial['kind'], value: String(value), site: String(site), issuer: String(issuer), ...end, revision: Number(revision) }
}

export function readSigningKey({ kid, sealed, published, added_at }: SqlRow): SigningKey {
  return { kid: String(kid), sealed: String(sealed), published: String(published), addedAt: Number(added_at) }
}
