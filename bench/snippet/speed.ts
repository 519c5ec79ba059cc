import type { Scene } from './scene.ts'
import { visit } from './scene.ts'

const SAMPLES = 20
const CALLS_IN_SAMPLE = 20
/** What was tracked is sent meanwhile: no tracker is to be measured with a queue that only grows. */
const PAUSE_MS = 500

declare const window: Window & { track: (name: string, properties?: Record<string, unknown>) => unknown }

/** How long the page waits for one `track()` of twenty in a row, in microseconds, sample after sample. */
export async function timeTrack(scene: Scene): Promise<number[]> {
  const page = await visit(scene)
  return page.evaluate(async ({ SAMPLES, CALLS_IN_SAMPLE, PAUSE_MS }) => {
    const times: number[] = []
    for (let sample = 0; sample < SAMPLES; sample++) {
      const startedAt = performance.now()
      for (let call = 0; call < CALLS_IN_SAMPLE; call++) void window.track('bench-event-0-', { method: 'sso', attempt: call })
      times.push(((performance.now() - startedAt) * 1_000) / CALLS_IN_SAMPLE)
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
    return times
  }, { SAMPLES, CALLS_IN_SAMPLE, PAUSE_MS })
}
