/** Seven digits, so that ids of one millisecond sort in the order they were made. */
let idsMade = 1_000_000

/**
 * An id that no other page makes: digits and a dash, 25–61 characters. It begins with the moment (milliseconds since 1970).
 *
 * `crypto.randomUUID` does not exist on a page that came over plain HTTP.
 */
export function newId(): string {
  return `${Date.now()}${idsMade++}-${crypto.getRandomValues(new Uint32Array(4)).join('')}`
}
