/** Seven digits, so that ids of one millisecond sort in the order they were made. */
let idsMade = 1_000_000

/**
 * An id that no other page makes: digits and a point, 21–40 characters. It begins with the moment (milliseconds since 1970).
 *
 * The proxy tells events apart within one person, and the count within the page: what is left to chance is two pages of a person in
 * one millisecond. `crypto.randomUUID` would be longer, and does not exist on a page that came over plain HTTP.
 */
export const newId = () => `${Date.now()}${idsMade++}${Math.random()}`
