import type { Page } from 'playwright'

const SAMPLES = 40
const CALLS_IN_SAMPLE = 20

declare const window: Window & { track: (name: string, properties?: Record<string, unknown>) => unknown }

/** How long the page waits for one `track()`, in microseconds, sample after sample. A browser's clock is too coarse for a single call. */
export function timeTrack(page: Page): Promise<number[]> {
  return page.evaluate(async ({ SAMPLES, CALLS_IN_SAMPLE }) => {
    const times: number[] = []
    for (let sample = 0; sample < SAMPLES; sample++) {
      const startedAt = performance.now()
      for (let call = 0; call < CALLS_IN_SAMPLE; call++) void window.track('login', { method: 'sso', attempt: call })
      times.push(((performance.now() - startedAt) * 1_000) / CALLS_IN_SAMPLE)
      // What was tracked is sent meanwhile: no tracker is to be measured with a queue that only grows.
      await new Promise((resolve) => setTimeout(resolve, 150))
    }
    return times
  }, { SAMPLES, CALLS_IN_SAMPLE })
}
