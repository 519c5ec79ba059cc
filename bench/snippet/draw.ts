import type { Measured, Row } from './measure.ts'
import type { Delivered } from './scene.ts'
import { nameOf, wordsOf } from './table.ts'

const [ROW, TOP, WIDTH, BARS_FROM, BARS_TO, CELL] = [28, 78, 1_090, 190, 400, 108]
const COLORS = { all: '#2b8a3e', flawed: '#b35c00', lost: '#c92a2a', missing: '#868e96', words: '#495057', ours: '#0b7285', theirs: '#adb5bd' }
const LEGEND = [
  { words: 'all delivered', color: COLORS.all },
  { words: 'all, but † only after the visitor did one thing more, or some twice, or again before Retry-After allowed it', color: COLORS.flawed },
  { words: 'some lost', color: COLORS.lost },
]

/** As an SVG: one line a tracker, its bytes as a bar, and what it delivered in each fault. */
export function draw(rows: Row[], faults: string[]): string {
  const most = Math.max(...rows.map(({ brotliBytes }) => brotliBytes))
  const scale = (BARS_TO - BARS_FROM - 50) / most
  const height = TOP + rows.length * ROW + 34
  const parts = [
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(12, 24, 'Trackers in the browser: bytes to download, and events that survive', 'font-size="16"'),
    text(BARS_FROM, 66, 'bytes (brotli 11)', muted('start')),
    ...faults.map((fault, at) => drawHead(fault, columnOf(at))),
    ...rows.map((row, at) => drawRow(row, { y: TOP + at * ROW, faults, scale })),
    drawLegend(height - 12),
  ]
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">${parts.join('')}</svg>\n`
}

function drawRow(row: Row, { y, faults, scale }: { y: number; faults: string[]; scale: number }): string {
  const width = Math.max(2, row.brotliBytes * scale)
  const isOurs = row.label.startsWith('Trackline')
  const bar = `<rect x="${BARS_FROM}" y="${y}" width="${width.toFixed(1)}" height="18" fill="${isOurs ? COLORS.ours : COLORS.theirs}"/>`
  const cells = faults.map((fault, at) => text(columnOf(at), y + 14, wordsOf(row.faults[fault]), `text-anchor="middle" font-size="12" fill="${colorOf(row.faults[fault])}"`))
  const name = text(BARS_FROM - 10, y + 14, nameOf(row), `text-anchor="end"${isOurs ? ' font-weight="bold"' : ''}`)
  return name + bar + text(BARS_FROM + width + 6, y + 14, row.brotliBytes.toLocaleString('en')) + cells.join('')
}

function colorOf(measured: Measured<Delivered> | undefined): string {
  if (!measured || 'missing' in measured) return COLORS.missing
  const { delivered, expected, woken, duplicates, early } = measured
  if (delivered < expected) return COLORS.lost
  return woken || duplicates || early ? COLORS.flawed : COLORS.all
}

function drawLegend(y: number): string {
  let x = 12
  return LEGEND.map(({ words, color }) => {
    const at = x
    x += 35 + words.length * 5.3
    return `<rect x="${at}" y="${y - 10}" width="10" height="10" fill="${color}"/>${text(at + 15, y, words, muted('start'))}`
  }).join('')
}

function columnOf(at: number): number {
  return BARS_TO + 70 + at * CELL
}

/** In two lines: broken after its comma, else in its middle. */
function drawHead(fault: string, x: number): string {
  const words = fault.split(' ')
  const comma = words.findIndex((word) => word.endsWith(',')) + 1
  const half = comma || Math.floor(words.length / 2)
  return text(x, 50, words.slice(0, half).join(' '), muted('middle')) + text(x, 66, words.slice(half).join(' '), muted('middle'))
}

function muted(anchor: string): string {
  return `text-anchor="${anchor}" fill="${COLORS.words}" font-size="12"`
}

function text(x: number, y: number, words: string, style = ''): string {
  return `<text x="${x.toFixed(1)}" y="${y}" ${style}>${words}</text>`
}
