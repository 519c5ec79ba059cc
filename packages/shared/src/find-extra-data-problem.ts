import { MAX_EXTRA_DATA_BYTES, MAX_EXTRA_DATA_DEPTH } from './message.ts'

/** Says what is wrong with `extraData`, or nothing. Depth first: a value that is too deep is never turned into text. */
export function findExtraDataProblem(extraData: unknown): string | undefined {
  if (isDeeperThan(MAX_EXTRA_DATA_DEPTH, extraData)) return `extraData is nested deeper than ${MAX_EXTRA_DATA_DEPTH} levels`
  const json = JSON.stringify(extraData)
  if (json === undefined) return `extraData must be JSON: got a ${typeof extraData}`
  const bytes = new TextEncoder().encode(json).length
  if (bytes > MAX_EXTRA_DATA_BYTES) return `extraData has ${bytes} bytes: at most ${MAX_EXTRA_DATA_BYTES} are taken`
  return undefined
}

/** Goes no deeper than the limit, whatever comes. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member))
}
