import type { FastifyRequest } from 'fastify'

export type RequestCount = { method: string; path: string; status: number | 'dropped' | 'reset'; count: number }

const UNKNOWN_PATH = '(no such path)'

/**
 * Counts calls by route and answer. Paths are route patterns (`/oauth/v1/refresh-tokens/:token`), so the log is as small as
 * the list of routes and holds no token. Calls to `/_emulator` and pages' assets are not counted.
 */
export function createRequestLog() {
  const counts = new Map<string, RequestCount>()
  const counted = new WeakSet<FastifyRequest>()

  /** Counts a request once: the first call decides. */
  function count(request: FastifyRequest, status: RequestCount['status']) {
    const path = request.routeOptions.url ?? UNKNOWN_PATH
    if (path.startsWith('/_emulator') || counted.has(request)) return
    counted.add(request)
    const key = `${request.method} ${path} ${status}`
    const row = counts.get(key) ?? { method: request.method, path, status, count: 0 }
    counts.set(key, { ...row, count: row.count + 1 })
  }

  return { count, all: () => [...counts.values()], clear: () => counts.clear() }
}
