let idsMade = 1e6

/**
 * An id that no other page makes, of digits and dashes, 25–60 characters. Ids of one page sort in the order they were made.
 *
 * `crypto.randomUUID` does not exist on a page served over plain HTTP.
 */
export function newId(): string {
  return `${Date.now()}-${idsMade++}-${crypto.getRandomValues(new Uint32Array(4)).join('')}`
}
