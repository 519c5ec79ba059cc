export type Position = { line: number; column: number }

/** Turns an offset into the line and column (both from 1) that an error message names. */
export function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: offset - lastBreak }
}

/**
 * Finds where the `index`-th object of a body's array ends: for `{"inputs":[{…},{…}]}` the offset behind its brace.
 * A body of another shape gives the end of the text, which is where a reader would have noticed.
 */
export function endOfArrayObject(text: string, index: number): number {
  let depth = 0
  let seen = -1
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]
    if (char === '"') at = endOfString(text, at)
    if (char === '{' || char === '[') depth += 1
    if (char === '}' || char === ']') depth -= 1
    if (char === '}' && depth === 2) seen += 1
    if (seen === index) return at + 1
  }
  return text.length
}

function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}
