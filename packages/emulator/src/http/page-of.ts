import type { FastifyRequest } from 'fastify'
import { validationError } from './hubspot-error.ts'

/** Query of lists that are answered page by page. */
export type PageQuery = { limit?: string; after?: string }

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** One page of a list: `limit` entries, 100 unless given, from the one `after` stands for, and where the next page begins. */
export function pageOf<Entry>(all: readonly Entry[], request: FastifyRequest<{ Querystring: PageQuery }>) {
  const limit = readWhole('limit', request.query.limit, { standard: DEFAULT_LIMIT, min: 1, max: MAX_LIMIT })
  const from = readWhole('after', request.query.after, { standard: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
  const results = all.slice(from, from + limit)
  const after = String(from + limit)
  return from + limit < all.length ? { results, paging: { next: { after, link: `?after=${after}` } } } : { results }
}

type Bounds = { standard: number; min: number; max: number }

function readWhole(name: string, text: string | undefined, { standard, min, max }: Bounds): number {
  if (text === undefined || text === '') return standard
  const value = Number(text)
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw validationError(`"${name}" must be a whole number from ${min} to ${max}, not "${text}"`)
}
