import { formatMoment } from './format-moment.ts'
import { escapeHtml, markupAsHtml } from './markup-as-html.ts'
import type { Preview, PreviewedValue } from './preview-event.ts'

/** No script runs in the page, whatever a value holds. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'"

const STYLE = `
:root { color-scheme: light dark; --ink: #1f2a37; --soft: #5b6b7d; --line: #dfe5ec; --card: #fff; --ground: #f4f6f9; --accent: #c2410c; --tint: #fdeee6 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebf1; --soft: #9aa8b7; --line: #2f3b49; --card: #1b2430; --ground: #121921; --accent: #fb923c; --tint: #33241a } }
* { box-sizing: border-box }
body { margin: 0; padding: 40px 20px 64px; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif }
main { max-width: 720px; margin: 0 auto }
h1 { margin: 0 0 4px; font-size: 20px; letter-spacing: -.01em }
.lead { margin: 0 0 28px; color: var(--soft); font-size: 14px }
article { margin: 0 0 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; overflow: hidden }
.head { display: flex; gap: 14px; align-items: flex-start; padding: 18px 20px }
.icon { flex: none; width: 30px; height: 30px; border-radius: 50%; background: var(--tint); color: var(--accent); display: grid; place-items: center; font-weight: 650; font-size: 14px }
.line { flex: 1; min-width: 0; padding-top: 3px; font-weight: 600; overflow-wrap: anywhere }
time { flex: none; padding-top: 5px; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums }
.detail { margin: 0 20px 18px 64px; padding: 12px 14px; background: var(--ground); border-radius: 8px; overflow-wrap: anywhere }
.detail > :first-child { margin-top: 0 } .detail > :last-child { margin-bottom: 0 }
.detail p, .detail ul, .detail ol { margin: 0 0 8px } .detail ul, .detail ol { padding-left: 20px }
a { color: var(--accent) } code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace } pre { overflow-x: auto }
table { width: 100%; border-collapse: collapse; border-top: 1px solid var(--line); font-size: 13px }
th, td { padding: 7px 20px; text-align: left; vertical-align: top; font-weight: 400; border-top: 1px solid var(--line) }
tr:first-child > * { border-top: 0 }
th { width: 32%; padding-left: 64px; color: var(--soft) } td { overflow-wrap: anywhere }
.note { color: var(--soft) } .tag { margin-left: 8px; padding: 1px 7px; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); font-size: 12px; white-space: nowrap }
@media (max-width: 560px) { .head { flex-wrap: wrap } time { width: 100%; padding: 0 0 0 44px } .detail { margin-left: 20px } th { padding-left: 20px } }
`

/** A page with one card for each event, as a contact's timeline in HubSpot would show it. Complete in itself. */
export function previewPage(previews: readonly Preview[]): string {
  const [only] = previews
  const title = previews.length === 1 && only ? `Preview of ${only.event}` : `Preview of ${previews.length} events`
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">How HubSpot shows these definitions on a contact's timeline. Times are in UTC here, and in the reader's own zone there.</p>
${previews.map(card).join('\n')}
</main>
</html>
`
}

function card({ event, timestamp, header, detail, values }: Preview): string {
  const opened = markupAsHtml(detail)
  const line = markupAsHtml(header) || '<span class="note">(an empty header)</span>'
  return `<article>
<div class="head"><span class="icon" aria-hidden="true">${escapeHtml(event.charAt(0).toUpperCase())}</span><div class="line">${line}</div><time datetime="${new Date(timestamp).toISOString()}">${formatMoment(timestamp)}</time></div>
${opened ? `<div class="detail">${opened}</div>` : ''}
${values.length ? `<table>${values.map(row).join('')}</table>` : ''}
</article>`
}

function row({ label, kind, value, isMadeUp, contactProperty }: PreviewedValue): string {
  const shown = value === '' ? '<span class="note">no value</span>' : escapeHtml(kind === 'date' ? formatMoment(value) : value)
  const madeUp = isMadeUp ? '<span class="tag">made up</span>' : ''
  const stamps = contactProperty === undefined ? '' : `<span class="tag">sets ${escapeHtml(contactProperty)}</span>`
  return `<tr><th scope="row">${escapeHtml(label)}</th><td>${shown}${madeUp}${stamps}</td></tr>`
}
