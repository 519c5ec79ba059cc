/** What a run must show, and what it shows. */
export interface Requirement {
  what: string
  is: number
  atLeast?: number
  atMost?: number
}

/** Prints each with whether it holds, and gives them back for the JSON. One that this run did not measure (NaN) does not hold. */
export function judge(requirements: Requirement[]): (Requirement & { holds: boolean })[] {
  const judged = requirements.map((each) => ({ ...each, holds: each.is >= (each.atLeast ?? -Infinity) && each.is <= (each.atMost ?? Infinity) }))
  const width = Math.max(...judged.map(({ what }) => what.length))
  process.stdout.write('\n')
  for (const { what, is, atLeast, atMost, holds } of judged) {
    const wanted = atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`
    process.stdout.write(`  ${what.padEnd(width)}  ${is.toFixed(2).padStart(8)}  wanted: ${wanted.padEnd(14)} ${holds ? 'holds' : Number.isNaN(is) ? 'not measured' : 'DOES NOT HOLD'}\n`)
  }
  return judged
}
