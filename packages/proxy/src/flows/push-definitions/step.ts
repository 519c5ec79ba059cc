export type Change = 'create' | 'update' | 'delete'

/** One line of what a step changes: what comes, goes, or becomes another. */
export interface StepLine {
  change: Change
  text: string
}

/** One change that HubSpot, or a folder of its project files, needs: in words, and how to make it. */
export interface Step {
  change: Change
  /** Where it is made, such as `event templates of app 1 (timeline-v3)`. */
  place: string
  says: string
  lines: readonly StepLine[]
  run(): Promise<void>
}

/** What comparing found. Nothing is changed until a step is run. */
export interface Comparison {
  steps: Step[]
  /** What cannot be made as it is: nothing should be changed before it is mended. */
  problems: string[]
  /** What a person should know. */
  notes: string[]
  /** What HubSpot would not let us look at, or change: everything else goes on. */
  failures?: string[]
  /** Something could not be looked at; a note says what. */
  isPartial?: true
}

export const NOTHING_FOUND: Comparison = { steps: [], problems: [], notes: [] }

export function together(comparisons: readonly Comparison[]): Comparison {
  const failures = comparisons.flatMap((each) => each.failures ?? [])
  return {
    steps: comparisons.flatMap(({ steps }) => steps),
    problems: comparisons.flatMap(({ problems }) => problems),
    notes: comparisons.flatMap(({ notes }) => notes),
    ...(failures.length ? { failures } : {}),
    ...(comparisons.some(({ isPartial }) => isPartial) ? { isPartial: true } : {}),
  }
}
