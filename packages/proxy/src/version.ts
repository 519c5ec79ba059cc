/** Of every package of the release; a test compares it with theirs. */
export const VERSION = '0.1.0'
