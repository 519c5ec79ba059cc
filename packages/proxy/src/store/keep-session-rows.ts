/** Keys are good for 24 hours; a set that was not written for twice as long is nobody's any more. */
export const KEEP_KEY_SETS_MS = 48 * 3_600_000

/** An entry that was taken back, or is past, stays this long for processes that have yet to hear of it. */
export const KEEP_PAST_DENIALS_MS = 7 * 24 * 3_600_000
