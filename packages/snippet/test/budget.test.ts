import { brotliCompressSync, constants } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { buildSnippet, bundleWithSnippet } from './stage/build-snippet.ts'
import { STUB } from './stage/open-stage.ts'

const { stub, scriptTag, createTracker } = manifest.budgetInBrotliBytes
const PROGRAM = `import { createTracker } from 'snippet'
const tracker = createTracker({ endpoint: 'https://t.example.com/v1/batch', session: () => fetchToken() })
tracker.track('login', { method: 'sso' })`

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
})

function stays(what: string, code: string, budgetBytes: number): void {
  const bytes = brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length
  console.log(`${what}: ${bytes} of ${budgetBytes} B`)
  expect(bytes).toBeLessThanOrEqual(budgetBytes)
}
