import { createHash } from 'node:crypto'
import { snippetAddress } from '../../http/snippet-route.ts'

/** Before the script has come, calls wait in a list. */
const STUB = 'window.track=window.track||function(){(track.q=track.q||[]).push(arguments)}'

/** How a page gets the snippet. */
export interface SnippetTag {
  /** Always the newest. */
  url: string
  /** This version and no other, for ever. */
  immutableUrl: string
  integrity: string
  /** To paste into the page: the pinned version, which the browser refuses when a byte of it is another. */
  tag: string
  /** What the page's Content-Security-Policy has to allow. */
  csp: string
}

export function snippetTag(publicUrl: string, script: string): SnippetTag {
  const { path, integrity } = snippetAddress(script)
  const immutableUrl = publicUrl + path
  const stubHash = createHash('sha256').update(STUB).digest('base64')
  return {
    url: `${publicUrl}/s.js`,
    immutableUrl,
    integrity,
    tag: `<script>${STUB}</script>\n<script async src="${immutableUrl}" integrity="${integrity}" crossorigin="anonymous" data-session="/session-token"></script>`,
    csp: `script-src ${publicUrl} 'sha256-${stubHash}'; connect-src 'self' ${publicUrl}`,
  }
}
