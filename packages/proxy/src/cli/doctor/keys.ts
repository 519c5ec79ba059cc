import { verifyKeys } from '../../vault/rotate-keys.ts'
import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'

/** Everything that is sealed can be opened, and how much of it still needs an older key. */
export async function checkKeys({ parts }: Examination): Promise<Finding[]> {
  const { records, byKey, unreadable } = await verifyKeys({ ...parts, now: parts.world.now })
  const [sealing = '', ...older] = parts.sealer.keyIds
  const lost = unreadable.map(({ kind, id, reason }) =>
    wrong(`${kind} ${id} cannot be opened: ${reason}`, `put the key that sealed it back into "keys", after the first; if it is lost, ${withoutIt(kind)}`))
  const old = records - (byKey[sealing] ?? 0) - unreadable.length
  const state = old > 0
    ? note(`${old} of ${records} sealed records still need ${older.join(', ')}`, `run "trackline keys rotate": it seals them with '${sealing}'`)
    : fine(`'${sealing}' seals${older.length ? `; nothing needs ${older.join(', ')} any more` : ''}; sealed records: ${records}`)
  return [...lost, state]
}

function withoutIt(kind: string): string {
  return kind === 'signing-key' ? 'run "trackline keys rotate-receipt-key": what the lost one signed can be verified still' : 'connect again'
}
