import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { buildSnippet, bundleWithSnippet } from './stage/build-snippet.ts'
import { STUB } from './stage/open-stage.ts'

const { stub, scriptTag, createTracker, react, modules } = manifest.budgetInBrotliBytes
const PROGRAM = `import { createTracker } from 'snippet'
const tracker = createTracker({ endpoint: 'https://t.example.com/v1/batch', session: () => fetchToken() })
tracker.track('login', { method: 'sso' })`
const IN_REACT = `import { createTracker } from 'snippet'
import { TrackProvider, useTrack } from 'door/react'
const tracker = createTracker({ endpoint: 'https://t.example.com/v1/batch', session: () => fetchToken() })
const LoginButton = () => { const track = useTrack(); return jsx('button', { onClick: () => track('login', { method: 'sso' }) }) }
render(jsx(TrackProvider, { tracker, children: jsx(LoginButton) }))`
const MODULES = `export { pageViews } from 'door/page-views'
export { withContext } from 'door/context'
export { before, withExtraData } from 'door/before'
export { withoutBots } from 'door/bots'
export { withSessionId } from 'door/session-id'`
/** The same component, without the binding. */
const BESIDE_REACT = `import { createTracker } from 'snippet'
const tracker = createTracker({ endpoint: 'https://t.example.com/v1/batch', session: () => fetchToken() })
const LoginButton = () => jsx('button', { onClick: () => tracker.track('login', { method: 'sso' }) })
render(jsx(LoginButton))`

describe('brotli bytes', () => {
  it('of the stub stay in their budget', () => {
    stays('stub', STUB, stub)
  })

  it('of the script tag stay in their budget', async () => {
    stays('script tag', (await buildSnippet()).scriptTag, scriptTag)
  })

  it('of one import and one call, bundled, stay in their budget', async () => {
    stays('import and one call', await bundleWithSnippet(PROGRAM), createTracker)
  })

  it('that React\'s provider and hook add to a bundle stay in their budget', async () => {
    staysWithin('React binding', countBytes(await bundleWithSnippet(IN_REACT)) - countBytes(await bundleWithSnippet(BESIDE_REACT)), react)
  })

  it('of all optional modules stay in their budget, and none of them is in what does not ask for it', async () => {
    stays('optional modules', await bundleWithSnippet(MODULES), modules)
    for (const code of [await bundleWithSnippet(PROGRAM), (await buildSnippet()).scriptTag]) expect(code).not.toMatch(/pushState|webdriver/)
  })
})

function countBytes(code: string): number {
  return brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
}

function stays(what: string, code: string, budgetBytes: number): void {
  staysWithin(what, countBytes(code), budgetBytes)
}

function staysWithin(what: string, bytes: number, budgetBytes: number): void {
  console.log(`${what}: ${bytes} of ${budgetBytes} B`)
  expect(bytes).toBeLessThanOrEqual(budgetBytes)
}
