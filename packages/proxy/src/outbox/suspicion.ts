/**
 * A row that is claimed and never settled may have ended the process that tried to send it. Each time that happens a quarter as many
 * rows are claimed at once, until the one that does it stands alone: it is tried alone three times, and then no more.
 */
export const QUARTERING_BITS = 2

/**
 * Claims in a row that nobody settled after which a row is sent while nothing else is, of any account: what is on its way beside it
 * would be abandoned with it each time. A process that ended for another reason was hardly unlucky with the same row as often as that.
 */
export const ALONE_FROM = 3

/** Claims in a row that nobody settled after which a row is not tried again. */
export const MOST_ABANDONED = 8

/** How many of these rows, the first due first, may be claimed at once where up to `limit` would be. */
export function claimableOf(rows: readonly { abandoned: number }[], limit: number): number {
  let room = limit
  let count = 0
  for (const { abandoned } of rows) {
    room = Math.min(room, limit >> Math.min(abandoned * QUARTERING_BITS, 30))
    if (count > 0 && count >= room) break
    count += 1
  }
  return count
}
