import type { SessionInput } from '@trackline/session'

export type HeaderLine = readonly [name: string, value: string]

/** The header lines of a request that carries this; a bare token goes where pages put it. */
export function headerLinesOf(input: SessionInput): HeaderLine[] {
  if (typeof input === 'string') return [['authorization', `Bearer ${input}`]]
  const { headers, rawHeaders } = input
  if (rawHeaders?.length) return pairs(rawHeaders)
  if (headers instanceof Headers) return [...headers]
  return Object.entries(headers).flatMap(([name, value]) => [value ?? []].flat().map((each: string) => [name, each] as const))
}

/** Whether HTTP carries them as they are: printable, no blanks at the ends, within Node's 16 KB. */
export function areCarried(lines: readonly HeaderLine[]): boolean {
  return lines.every(([, value]) => /^[\x20-\x7e\x80-\uffff]*$/.test(value)) && lines.reduce((sum, [, value]) => sum + Buffer.byteLength(value), 0) < 15_000
}

function pairs(flat: readonly string[]): HeaderLine[] {
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []))
}
