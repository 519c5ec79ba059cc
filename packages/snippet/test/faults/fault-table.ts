import type { Schedule, Step } from './schedule.ts'

const step = (changes: Partial<Step>): Step => ({ fault: 'none', tab: 0, events: 10, isLarge: false, waitMs: 60, then: 'stay', ...changes })

const schedule = (steps: Step[], comesBack = false): Schedule => ({ steps, clockAheadMs: 0, comesBack })

/** The losses that trackers are known for. None has a later event that would wake what waits. */
export const FAULT_TABLE: Record<string, Schedule> = {
  '503, then a reload': schedule([step({ fault: '503', isAwaited: true, then: 'reload' })]),
  'offline, the tab closed, back later': schedule([step({ fault: 'offline', isAwaited: true, then: 'close' })], true),
  'left at once': schedule([step({ waitMs: 0, then: 'leave' })]),
  '200 KB, left, come back': schedule([step({ events: 20, isLarge: true, waitMs: 0, then: 'leave' })]),
  'twenty waiting in four tabs': schedule([0, 1, 2, 3].map((tab) => step({ fault: '503', isAwaited: true, tab, events: 5 }))),
}

/** The proxy asks for patience. */
export const RETRY_AFTER = schedule([step({ fault: '429 in seconds', isAwaited: true, events: 5 })])
