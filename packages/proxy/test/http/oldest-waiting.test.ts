import { expect, it } from 'vitest'
import { createMetrics } from '../../src/http/metrics.ts'

const NOW = Date.UTC(2026, 10, 30)
const MINUTE = 60_000

it.each([
  ['has been due for long', { due: NOW - 3 * MINUTE, tried: NOW - MINUTE }, 180],
  ['is tried again later', { due: NOW + MINUTE, tried: NOW - 2 * MINUTE }, 120],
  ['is nothing', {}, 0],
])('what waits longest for delivery %s: that is its age', async (_, oldest, seconds) => {
  const { render } = createMetrics({
    ...{ auditBySite: async () => [], accountStates: async () => [], size: async () => ({ rows: 0, bytes: 0 }), isFull: () => false, describeKeys: () => [] },
    oldestWaiting: async () => oldest,
    now: () => new Date(NOW),
    known: { sites: [], events: [], accounts: [], targets: [] },
    build: { version: '0', node: '0', store: 'sqlite' },
  })
  expect((await render()).text).toContain(`trackline_oldest_waiting_seconds{state="queued"} ${seconds}\n`)
})
