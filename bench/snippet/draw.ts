import type { Delivered } from './faults.ts'

export interface Row {
  name: string
  version: string
  brotliBytes: number
  minifiedBytes: number
  trackMicroseconds: number
  faults: Record<string, Delivered>
}

const [ROW, TOP, WIDTH, BARS_FROM, BARS_TO, CELL] = [30, 74, 1_010, 130, 400, 92]
const COLORS = { all: '#2b8a3e', flawed: '#e67700', lost: '#c92a2a', ours: '#0b7285', theirs: '#adb5bd' }

/** One line a tracker: its bytes as a bar, and what it delivered in each fault. */
export function drawComparison(rows: Row[], faults: string[]): string {
  const most = Math.max(...rows.map(({ brotliBytes }) => brotliBytes))
  const heads = faults.map((fault, at) => headOf(fault, columnOf(at)))
  const lines = rows.map((row, at) => drawRow(row, TOP + at * ROW, faults, (BARS_TO - BARS_FROM - 60) / most))
  const height = TOP + rows.length * ROW + 30
  const legend = text(BARS_FROM, height - 10, 'delivered, without a later event to wake it; orange: some twice, or again before Retry-After allowed it', 'fill="#495057" font-size="12"')
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/>${text(10, 22, 'Browser trackers: bytes to download, and events that survive', 'font-size="16"')}${text(BARS_FROM, 60, 'bytes (brotli 11)', 'fill="#495057" font-size="12"')}${heads.join('')}${lines.join('')}${legend}</svg>\n`
}

/** `10/10`, with what came twice or too early. */
export function wordsOf({ delivered, expected, duplicates, early }: Delivered): string {
  return `${delivered}/${expected}${duplicates ? ` +${duplicates} dup` : ''}${early ? `, ${early} early` : ''}`
}

function drawRow({ name, brotliBytes, faults }: Row, y: number, order: string[], scale: number): string {
  const width = Math.max(2, brotliBytes * scale)
  const bar = `<rect x="${BARS_FROM}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${name.startsWith('Trackline') ? COLORS.ours : COLORS.theirs}"/>`
  const bytes = text(BARS_FROM + width + 6, y + 14, brotliBytes.toLocaleString('en'))
  const cells = order.map((fault, at) => faults[fault] && text(columnOf(at), y + 14, wordsOf(faults[fault]), `text-anchor="middle" font-size="12" fill="${colorOf(faults[fault])}"`))
  return text(BARS_FROM - 10, y + 14, name, 'text-anchor="end"') + bar + bytes + cells.join('')
}

function colorOf({ delivered, expected, duplicates, early }: Delivered): string {
  if (delivered < expected) return COLORS.lost
  return duplicates || early ? COLORS.flawed : COLORS.all
}

function columnOf(at: number): number {
  return BARS_TO + 70 + at * CELL
}

/** A head of a column in two lines, broken after its comma or in its middle. */
function headOf(fault: string, x: number): string {
  const words = fault.split(' ')
  const half = Math.ceil(words.length / 2)
  const style = 'text-anchor="middle" fill="#495057" font-size="12"'
  return text(x, 46, words.slice(0, half).join(' '), style) + text(x, 60, words.slice(half).join(' '), style)
}

function text(x: number, y: number, words: string, style = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${style}>${words}</text>`
}
