import { styleText } from 'node:util'
import { formatMoment } from './format-moment.ts'
import { forTerminal, markupAsText } from './markup-as-text.ts'
import type { Preview, PreviewedValue } from './preview-event.ts'

const BAR = '│'

/** The preview of an event for a terminal: header, time, detail, then the values it was made with. */
export function previewAsText({ event, timestamp, header, detail, values }: Preview): string {
  const opened = markupAsText(detail)
  const lines = [
    `${styleText('bold', markupAsText(header) || '(an empty header)')}  ${styleText('dim', formatMoment(timestamp))}`,
    ...(opened ? ['', ...opened.split('\n')] : []),
    ...(values.length ? ['', ...valueLines(values)] : []),
  ]
  return [styleText('dim', event), ...lines.map((line) => `${styleText('cyan', BAR)} ${line}`.trimEnd())].join('\n')
}

function valueLines(values: readonly PreviewedValue[]): string[] {
  const width = Math.max(...values.map(({ name }) => name.length))
  return values.map(({ name, kind, value, isMadeUp, contactProperty }) => {
    const shown = value === '' ? styleText('dim', '(no value)') : forTerminal(kind === 'date' ? formatMoment(value) : value)
    const stamps = contactProperty === undefined ? '' : styleText('dim', `  → contact property ${contactProperty}`)
    return `${name.padEnd(width)}  ${shown}${isMadeUp ? styleText('dim', '  (made up)') : ''}${stamps}`
  })
}
