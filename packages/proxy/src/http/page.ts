import { createHash } from 'node:crypto'

const STYLE = `
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f4f6f8; color: #1f2933;
    font: 16px/1.6 system-ui, sans-serif }
  main { max-width: 30rem; margin: 1rem; padding: 2rem 2.25rem; background: #fff; border: 1px solid #dde3e8; border-radius: 12px;
    box-shadow: 0 8px 30px rgb(31 41 51 / 8%) }
  h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3 }
  p { margin: 0 0 .75rem } code { color: #52606d; font-size: .85rem }
  small { color: #7b8794 }`
const CONTENT_SECURITY_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`

/** A page that says one thing to a person: no script, nothing from elsewhere. */
export function renderPage({ title, paragraphs, code }: { title: string; paragraphs: string[]; code?: string }): { html: string; contentSecurityPolicy: string } {
  const body = paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join('')
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Trackline</title><style>${STYLE}</style></head>
<body><main><h1>${escapeHtml(title)}</h1>${body}${code ? `<p><code>${escapeHtml(code)}</code></p>` : ''}<small>Trackline</small></main></body></html>`
  return { html, contentSecurityPolicy: CONTENT_SECURITY_POLICY }
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
