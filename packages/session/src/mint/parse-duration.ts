const DURATION = /^(\d{1,9})(s|m|h|d)$/
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/**
 * Reads a length of time such as '90s', '5m', '2h' or '1d'.
 * @returns whole seconds, or undefined when the text is not one number and one of these units.
 */
export function parseDuration(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? []
  const factor = SECONDS_PER_UNIT[unit ?? '']
  return factor === undefined ? undefined : Number(count) * factor
}
