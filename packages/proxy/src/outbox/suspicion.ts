/**
 * A row that is claimed and never settled may have ended the process that tried to send it. The first time an eighth as many rows are
 * claimed at once as otherwise, then a quarter as many each time, until the one that does it stands alone: it is tried alone at least
 * twice, and then no more. These are powers of two.
 */
export const FIRST_TIME_BITS = 3
export const EACH_TIME_BITS = 2

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
    if (abandoned > 0) room = Math.min(room, limit >> Math.min(FIRST_TIME_BITS + (abandoned - 1) * EACH_TIME_BITS, 30))
    if (count > 0 && count >= room) break
    count += 1
  }
  return count
}
