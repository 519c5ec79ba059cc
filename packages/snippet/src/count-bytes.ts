/** How many bytes a text has in UTF-8: what a body's limit counts. */
export function countBytes(text: string): number {
  return new TextEncoder().encode(text).length
}
