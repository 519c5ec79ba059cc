import type { SealedRecord, Store } from '../outbox/store.ts'
import type { Sealer } from './seal.ts'
import { contextOf } from './sealed-grant.ts'

/** Records looked at in one step. */
const AT_ONCE = 100

export interface KeyParts {
  store: Pick<Store, 'listSealed' | 'replaceSealed'>
  sealer: Sealer
  now: () => Date
}

/** What is known of everything sealed. */
export interface KeyReport {
  records: number
  /** Records by the name of the key that seals them. */
  byKey: Record<string, number>
  /** Records that no configured key opens, and why. */
  unreadable: { kind: SealedRecord['kind']; id: string; reason: string }[]
}

/** Opens every sealed record, one after the other, and says which key seals how many. Nothing is changed. */
export async function verifyKeys(parts: KeyParts): Promise<KeyReport> {
  const report: KeyReport = { records: 0, byKey: {}, unreadable: [] }
  for await (const record of sealedRecords(parts)) {
    const key = keyIdOf(record)
    report.records += 1
    report.byKey[key] = (report.byKey[key] ?? 0) + 1
    const reason = problemOf(parts, record)
    if (reason !== undefined) report.unreadable.push({ kind: record.kind, id: record.id, reason })
  }
  return report
}

/**
 * Seals every record anew that another key than the first seals, while the service goes on: a record that changes meanwhile is left
 * as it was changed.
 *
 * @returns how many were sealed anew, and what is true afterwards
 */
export async function rotateKeys(parts: KeyParts): Promise<KeyReport & { resealed: number }> {
  let resealed = 0
  for await (const record of sealedRecords(parts)) {
    if (keyIdOf(record) === parts.sealer.keyIds[0] || problemOf(parts, record) !== undefined) continue
    const context = contextOf(record)
    const sealed = parts.sealer.seal(parts.sealer.open(record.sealed, context), context)
    if (await parts.store.replaceSealed(record, sealed)) resealed += 1
  }
  return { resealed, ...(await verifyKeys(parts)) }
}

/**
 * Makes sure that every connection can be opened, before anything is promised.
 *
 * @throws TypeError naming each account whose tokens no key opens, and what to do
 */
export async function refuseUnreadableGrants(parts: KeyParts): Promise<void> {
  const lost = (await verifyKeys(parts)).unreadable.filter(({ kind }) => kind === 'grant')
  if (lost.length === 0) return
  const lines = lost.map(({ id, reason }) => `  account ${id}: ${reason}`)
  throw new TypeError(
    `no configured key opens the connection of ${lost.length} HubSpot account${lost.length === 1 ? '' : 's'}:\n${lines.join('\n')}\n` +
      'put the key that sealed it back into "keys", after the first; or, if it is lost, run "trackline disconnect --account <number>" and connect again',
  )
}

async function* sealedRecords({ store, now }: KeyParts): AsyncGenerator<SealedRecord> {
  let after: SealedRecord | undefined
  for (;;) {
    const page = await store.listSealed({ now: now().getTime(), limit: AT_ONCE, ...(after ? { after } : {}) })
    yield* page
    after = page.at(-1)
    if (page.length < AT_ONCE) return
  }
}

function problemOf({ sealer }: KeyParts, record: SealedRecord): string | undefined {
  try {
    sealer.open(record.sealed, contextOf(record))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The name of a key stands before what it sealed. */
function keyIdOf({ sealed }: SealedRecord): string {
  return sealed.split(':')[0] ?? ''
}
