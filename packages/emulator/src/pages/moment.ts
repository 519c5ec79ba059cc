import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'
import { formatMoment } from '../moments/format-moment.ts'

/** A moment that the page's script puts into the reader's own time zone; UTC without the script. */
export function moment(at: Date, className: string): Html {
  return html`<time class="${className}" datetime="${at.toISOString()}" title="${at.toISOString()}">${formatMoment(at)}</time>`
}
