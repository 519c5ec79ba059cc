import { mkdirSync, writeFileSync } from 'node:fs'

const FOLDER = new URL('./results/', import.meta.url)
const [BAR_HEIGHT, ROW_HEIGHT, WIDTH, LABEL_WIDTH] = [18, 30, 760, 330]

interface Chart {
  title: string
  bars: { label: string; value: number }[]
}

export function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Writes a benchmark's figures to `bench/results` as JSON, and as a bar chart. */
export function report(name: string, results: unknown, chart: Chart): void {
  mkdirSync(FOLDER, { recursive: true })
  const machine = { node: process.version, platform: process.platform, cpus: navigator.hardwareConcurrency, at: new Date().toISOString() }
  writeFileSync(new URL(`${name}.json`, FOLDER), `${JSON.stringify({ ...machine, results }, undefined, 2)}\n`)
  writeFileSync(new URL(`${name}.svg`, FOLDER), draw(chart))
}

function draw({ title, bars }: Chart): string {
  const most = Math.max(...bars.map(({ value }) => value))
  const scale = (WIDTH - LABEL_WIDTH - 80) / most
  const rows = bars.map(({ label, value }, index) => {
    const y = 40 + index * ROW_HEIGHT
    const width = Math.max(1, value * scale)
    return [
      `<text x="${LABEL_WIDTH - 10}" y="${y + 13}" text-anchor="end">${label}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" fill="${label.startsWith('Trackline') ? '#0b7285' : '#adb5bd'}"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 13}">${Math.round(value).toLocaleString('en')}</text>`,
    ].join('')
  })
  const height = 50 + bars.length * ROW_HEIGHT
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13"><text x="10" y="22" font-size="15">${title}</text>${rows.join('')}</svg>\n`
}
