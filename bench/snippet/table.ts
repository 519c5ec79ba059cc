import type { Measured, Row } from './measure.ts'
import type { Delivered } from './scene.ts'

const FIXED = ['tracker', 'bytes', '`track()`']

/** As Markdown, with the reasons of what is missing below. */
export function tableOf(rows: Row[]): string {
  const head = [...FIXED, ...Object.keys(rows[0]?.faults ?? {})]
  const lines = [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...rows.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |\n`)
  const reasons = rows.flatMap(reasonsOf)
  return lines.join('') + (reasons.length === 0 ? '' : `\n${reasons.map((reason) => `- ${reason}\n`).join('')}`)
}

export function cellsOf(row: Row): string[] {
  const { brotliBytes, trackMicroseconds, faults } = row
  const microseconds = typeof trackMicroseconds === 'number' ? `${Math.round(trackMicroseconds).toLocaleString('en')} µs` : '–'
  return [nameOf(row), brotliBytes.toLocaleString('en'), microseconds, ...Object.values(faults).map(wordsOf)]
}

/** Ours is measured as it is in the repository: its version says nothing. */
export function nameOf({ label, version }: Row): string {
  return label.startsWith('Trackline') ? label : `${label} ${version}`
}

/** `10/10†`, with what came twice or too early; a dash where nothing could be measured. */
export function wordsOf(measured: Measured<Delivered> | undefined): string {
  if (!measured || 'missing' in measured) return '–'
  const { delivered, expected, woken, duplicates, early } = measured
  return `${delivered}/${expected}${woken ? '†' : ''}${duplicates ? ` +${duplicates} dup` : ''}${early ? `, ${early} early` : ''}`
}

function reasonsOf({ label, trackMicroseconds, faults }: Row): string[] {
  return Object.entries({ 'track()': trackMicroseconds, ...faults }).flatMap(([what, measured]) =>
    typeof measured === 'object' && 'missing' in measured ? [`${label}, ${what}: ${measured.missing}`] : [])
}
