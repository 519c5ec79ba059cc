import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export interface Page {
  headers: Record<string, string>
  body: string
}

/**
 * Reads the files of `public/` once, and gives each with its headers, by path.
 *
 * @param addresses  replaces `{{tracklineUrl}}` and `{{hubspotUrl}}` in index.html; both are origins
 */
export function loadPages(addresses: { tracklineUrl: string; hubspotUrl: string }): ReadonlyMap<string, Page> {
  const html = read('index.html')
    .replaceAll('{{tracklineUrl}}', addresses.tracklineUrl)
    .replaceAll('{{hubspotUrl}}', addresses.hubspotUrl)
  return new Map([
    ['/', page('text/html', html, { 'content-security-policy': contentSecurityPolicy(html, addresses.tracklineUrl) })],
    ['/logo.svg', page('image/svg+xml', read('logo.svg'))],
    ['/style.css', page('text/css', read('style.css'))],
    ['/app.js', page('text/javascript', read('app.js'))],
    ['/page.js', page('text/javascript', read('page.js'))],
  ])
}

/** What Trackline needs of a strict policy: its origin in script-src and connect-src, and the hash of the inline line. */
function contentSecurityPolicy(html: string, tracklineUrl: string): string {
  const stub = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  const hash = createHash('sha256').update(stub).digest('base64')
  return [
    "default-src 'none'",
    `script-src 'self' ${tracklineUrl} 'sha256-${hash}'`,
    `connect-src 'self' ${tracklineUrl}`,
    "style-src 'self'",
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function page(type: string, body: string, headers: Record<string, string> = {}): Page {
  return { body, headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-cache', ...headers } }
}

function read(name: string): string {
  return readFileSync(new URL(`public/${name}`, import.meta.url), 'utf8')
}
