import type { FastifyReply } from 'fastify'
import { html } from '../markup/html.ts'
import type { Html } from '../markup/html.ts'

export type Page = {
  title: string
  body: Html
  /** Name of a script among the assets that the page runs. */
  script?: string
}

export const ASSET_PATH = '/_emulator/assets'
const STYLESHEETS = ['base.css', 'contact.css', 'consent.css']

// No form-action: the consent page's form is answered by a redirect to the app, which form-action would block.
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Sends a page with a policy under which nothing runs or loads but the emulator's own script and stylesheet. */
export function sendPage(reply: FastifyReply, page: Page, statusCode = 200): FastifyReply {
  return reply
    .code(statusCode)
    .type('text/html; charset=utf-8')
    .header('content-security-policy', CONTENT_SECURITY_POLICY)
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .send(documentHtml(page).html)
}

function documentHtml({ title, body, script }: Page): Html {
  const scriptTag = script === undefined ? undefined : html`<script type="module" src="${ASSET_PATH}/${script}"></script>`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · HubSpot emulator</title>
${STYLESHEETS.map((name) => html`<link rel="stylesheet" href="${ASSET_PATH}/${name}">`)}
<link rel="icon" href="${ASSET_PATH}/icon.svg" type="image/svg+xml">
${scriptTag}
</head>
<body>
${body}
</body>
</html>
`
}

/** The bar on top of every page but the consent page. */
export function topBar(trail?: Html): Html {
  return html`<header class="top-bar">
<a class="top-bar-home" href="/"><span class="mark" aria-hidden="true"></span>HubSpot emulator</a>
${trail}
</header>`
}
