/** What a run shows, and what it must show; without a bound, a figure that puts others in place. */
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
    const wanted = atLeast !== undefined ? `at least ${atLeast}` : atMost !== undefined ? `at most ${atMost}` : undefined
    const verdict = holds ? 'holds' : Number.isNaN(is) ? 'not measured' : 'DOES NOT HOLD'
    process.stdout.write(`  ${what.padEnd(width)}  ${is.toFixed(2).padStart(8)}${wanted === undefined ? '' : `  wanted: ${wanted.padEnd(14)} ${verdict}`}\n`)
  }
  return judged
}
