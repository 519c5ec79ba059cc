import { describeValue } from './describe-value.ts'

export type Clock = () => Date

/**
 * The clock of the options, or the system's.
 * @returns a clock that throws TypeError for an invalid date, since every comparison with it is false: nothing would expire.
 */
export function checkedClock(owner: string, now: Clock = () => new Date()): Clock {
  return () => {
    const moment: unknown = now()
    if (moment instanceof Date && Number.isFinite(moment.getTime())) return moment
    throw new TypeError(`${owner}: \`now\` must return a valid Date, got ${describeValue(moment)}`)
  }
}
