/**
 * An id that no other page makes: digits and a dash, 25–55 characters. It begins with the moment (milliseconds since 1970).
 *
 * `crypto.randomUUID` does not exist on a page that came over plain HTTP.
 */
export function newId(): string {
  return `${Date.now()}-${crypto.getRandomValues(new Uint32Array(4)).join('')}`
}
