import { findChromium } from '../scripts/find-chromium.mjs'
import { installRivals } from './install-rivals.ts'
import { report } from './report.ts'
import { judge } from './requirements.ts'
import { draw } from './snippet/draw.ts'
import { FAULTS } from './snippet/faults.ts'
import { measure } from './snippet/measure.ts'
import type { Row } from './snippet/measure.ts'
import { cellsOf } from './snippet/table.ts'
import { TRACKERS } from './snippet/trackers.ts'

/**
 * `npm run bench:snippet`: the bytes of Trackline's snippet and of ten other trackers, how long `track()` takes, and how many events each
 * delivers through a failing server, a lost network and a page that is left. All in one run, in one Chromium, against one server on
 * loopback. It takes about ten minutes; ONLY=trackline,segment measures these alone. What ends its browser, or never sends, is left out
 * with the reason, and takes nothing of the others along.
 */
const chosen = TRACKERS.filter(({ file }) => (process.env.ONLY?.split(',') ?? [file]).includes(file))
installRivals('snippet')
const executablePath = await findChromium()
if (!executablePath) throw new Error('no Chromium is found: install one, or name it in TRACKLINE_CHROMIUM')
const rows: Row[] = []
for (const tracker of chosen) {
  const row = await measure(executablePath, tracker)
  process.stdout.write(`${cellsOf(row).join(' | ')}\n`)
  rows.push(row)
}
rows.sort((a, b) => a.brotliBytes - b.brotliBytes)
const requirements = judge([
  { what: 'µs of `track()`, median', is: microsecondsOf('Trackline'), atMost: 50 },
  { what: 'events delivered ÷ raised in all six faults, `persist`', is: shareDelivered('Trackline, persist'), atLeast: 1 },
])
report('snippet', { rounds: 1, results: { rows, requirements }, picture: draw(rows, FAULTS.map(({ name }) => name)) })

function microsecondsOf(label: string): number {
  const measured = rows.find((row) => row.label === label)?.trackMicroseconds
  return typeof measured === 'number' ? measured : Number.NaN
}

function shareDelivered(label: string): number {
  const faults = Object.values(rows.find((row) => row.label === label)?.faults ?? {})
  const sum = (count: (fault: (typeof faults)[number]) => number) => faults.reduce((all, fault) => all + count(fault), 0)
  return sum((fault) => ('missing' in fault ? Number.NaN : fault.delivered - fault.woken)) / sum((fault) => ('missing' in fault ? 0 : fault.expected))
}
