import { rowsMatching } from '../../flows/tend-outbox.ts'
import { meaningOf } from '../../outcome.ts'
import type { Examination } from './examination.ts'
import { fine, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** Looked through for their reasons; there may be millions. */
const LOOKED_AT = 5_000
const SHOWN_REASONS = 3

/** Events that were given up: how many wait for a person, and why most of them do. */
export async function checkDeadLetters({ parts: { store } }: Examination): Promise<Finding[]> {
  const dead = (await store.auditBySite()).reduce((sum, { stored }) => sum + stored.dead, 0)
  if (dead === 0) return [fine('none')]
  const says = `${dead} ${dead === 1 ? 'event was' : 'events were'} given up`
  return [
    wrong(says, 'look at them with "trackline outbox list"; then "trackline outbox retry" what was mended, and "trackline outbox discard" the rest'),
    ...(await reasonsOf(store)).map(([code, events]) => wrong(`${events} for ${code}: ${meaningOf(code)}`, `trackline outbox list --code ${code}`)),
  ]
}

async function reasonsOf(store: Examination['parts']['store']): Promise<[string, number][]> {
  const reasons = new Map<string, number>()
  let looked = 0
  for await (const { code = 'unknown' } of rowsMatching(store, { state: 'dead' })) {
    reasons.set(code, (reasons.get(code) ?? 0) + 1)
    if (++looked === LOOKED_AT) break
  }
  return [...reasons].sort(([, a], [, b]) => b - a).slice(0, SHOWN_REASONS)
}
