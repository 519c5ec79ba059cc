const [BAR_HEIGHT, ROW_HEIGHT, WIDTH, LABEL_WIDTH] = [18, 30, 760, 330]

export interface BarChart {
  title: string
  /** What is ours begins with "Trackline", and has a colour of its own. */
  bars: { label: string; value: number }[]
}

/** As an SVG. */
export function drawBars({ title, bars }: BarChart): string {
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
