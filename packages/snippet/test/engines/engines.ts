import { chromium } from './chromium.ts'
import type { Engine } from './engine.ts'
import { firefox } from './firefox.ts'
import { webkit } from './webkit.ts'

/** What is named in TRACKLINE_ENGINES, with commas between; default all. */
const named = process.env.TRACKLINE_ENGINES?.toLowerCase().split(',')

export const ENGINES: Engine[] = [chromium, firefox, webkit].filter(({ name }) => named?.includes(name.toLowerCase()) ?? true)

/** What a test's title says when it is left out. */
export function titleOf({ missing }: Engine): string {
  return missing ? ` (left out: ${missing} is not installed)` : ''
}
