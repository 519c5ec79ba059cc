/** Most events in one request. */
export const MAX_BATCH_EVENTS = 100
/** A body's limit; also what all `keepalive` requests of one page may have in flight together (Fetch, section 4.6). */
export const MAX_BODY_BYTES = 65_536
/** `{"sentAt":1234567890123,"batch":[]}`, less one: there is a comma less than there are events. */
export const ENVELOPE_BYTES = 34
/** An event of this size, with its comma, fills a request. */
export const MAX_MESSAGE_BYTES = MAX_BODY_BYTES - ENVELOPE_BYTES - 1
