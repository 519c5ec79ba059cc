import { parseMoment } from '@trackline/shared'
import type { Json } from '@trackline/shared'

/** `--prop name=value`, which may be repeated. */
export const readProp = assignments('--prop')

/** Reads an option of the form `name=value` that may be repeated. */
export function assignments(option: string): (text: string, before?: Record<string, string>) => Record<string, string> {
  return (text, before) => {
    const [name = '', ...value] = text.split('=')
    if (name === '' || value.length === 0) throw new TypeError(`${option} must be name=value: got '${text}'`)
    return { ...before, [name]: value.join('=') }
  }
}

/** `--extra-data`. */
export function readJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new TypeError(`--extra-data must be JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** `--timestamp`. @returns milliseconds since 1970 */
export function readMoment(text: string): number {
  const epochMs = parseMoment(/^\d+$/.test(text) ? Number(text) : text)
  if (epochMs !== undefined) return epochMs
  throw new TypeError(`--timestamp must be ISO 8601 with a zone, or milliseconds since 1970: got '${text}'`)
}
