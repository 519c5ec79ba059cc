import type { Config } from '../../config.ts'
import { reasonOf } from '../../errors.ts'
import type { Examination } from './examination.ts'
import { fine, note, wrong } from './finding.ts'
import type { Finding } from './finding.ts'
import type { OutboxSize } from '../../outbox/size.ts'

/** Share of a cap from which on it is worth knowing. */
const NEARLY_FULL = 0.8
/** Share of the rows from which on delivered ones are what fills it. */
const MOSTLY = 0.9
/** Beyond this, tokens are refused as expired, or taken for too long. */
const CLOCK_WRONG_MS = 30_000
const CLOCK_NOTED_MS = 2_000

/** The outbox takes an event, has room for more, and its clock is this machine's. */
export async function checkOutbox({ parts: { store, config }, parts, world }: Examination): Promise<Finding[]> {
  const [written, size, sites] = await Promise.all([isWritable(parts), store.size(), store.auditBySite()])
  const delivered = sites.reduce((sum, { stored }) => sum + stored.delivered, 0)
  return [written, judgeSize({ ...size, delivered }, config.outbox), ...judgeClock(parts.world.now().getTime() - world.now().getTime(), config.store)]
}

async function isWritable({ store, world, config }: Examination['parts']): Promise<Finding> {
  try {
    await store.checkWritable(world.now().getTime())
    return fine(`${placeOf(config.store)} opens and takes a write`)
  } catch (error) {
    return wrong(`${placeOf(config.store)} cannot be written: ${reasonOf(error)}`, 'see that the disk has room and that this user may write there; until then every event is answered 503')
  }
}

/** A PostgreSQL URL holds a password. */
export function placeOf(store: string): string {
  return store.startsWith('sqlite:') ? store.slice('sqlite:'.length) : 'the PostgreSQL database'
}

function judgeSize({ rows, bytes, usedBytes = 0, delivered }: OutboxSize & { delivered: number }, { maxRows, maxBytes, keepDeliveredDays }: Config['outbox']): Finding {
  const says = `${rows} of ${maxRows} rows, ${megabytes(bytes)} on disk${usedBytes ? `, ${megabytes(usedBytes)} of ${megabytes(maxBytes)} in use` : ''}`
  const share = Math.max(rows / maxRows, usedBytes / maxBytes)
  const cause = delivered / rows >= MOSTLY ? `what fills it are delivered events, remembered for ${keepDeliveredDays} days: lower outbox.keepDeliveredDays` : 'find out why events are not delivered'
  const remedy = `${cause}, or raise outbox.maxRows or outbox.maxBytes`
  if (share >= 1) return wrong(`it is full: ${says}`, `${remedy}; until then every event is answered 503`)
  return share >= NEARLY_FULL ? note(`it is nearly full: ${says}`, remedy) : fine(says)
}

/** SQLite has no clock of its own. */
function judgeClock(aheadMs: number, store: string): Finding[] {
  if (store.startsWith('sqlite:')) return []
  const says = `the database's clock is ${(Math.abs(aheadMs) / 1_000).toFixed(1)} s ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`
  if (Math.abs(aheadMs) >= CLOCK_WRONG_MS) return [wrong(says, 'have both machines take their time from the same source (NTP): session tokens are held against the wrong time')]
  return [Math.abs(aheadMs) >= CLOCK_NOTED_MS ? note(says, 'have both machines take their time from the same source (NTP)') : fine("the database's clock agrees with this machine's")]
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
