/**
 * ` (did you mean 'login'?)` when one of `names` is at most two edits (a third of its length at most) from `given`, else ''.
 */
export function didYouMean(given: string, names: readonly string[]): string {
  let best: string | undefined
  let bestDistance = 3
  for (const name of names) {
    if (Math.abs(name.length - given.length) >= bestDistance) continue
    const distance = editDistance(given.toLowerCase(), name.toLowerCase())
    if (distance < bestDistance && distance <= Math.max(1, name.length / 3)) [best, bestDistance] = [name, distance]
  }
  return best === undefined ? '' : ` (did you mean '${best}'?)`
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1)
      current.push(cost)
    }
    ;[beforeLast, last] = [last, current]
  }
  return at(last, b.length)
}

function at(costs: number[], index: number): number {
  return costs[index] ?? Infinity
}
