import type { OptionRule } from '../options/check-options.ts'
import { isListOf } from '../presets/preset-options.ts'

const MAX_ORIGINS = 100

/** Origins of pages that are ours though they are on another host. */
export const ORIGINS = {
  expected: "a list of origins as browsers write them, such as ['https://app.example.com']",
  accepts: (value: unknown) => isListOf(value, MAX_ORIGINS, isOrigin),
} as const satisfies OptionRule

function isOrigin(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && new URL(value).origin === value
}
