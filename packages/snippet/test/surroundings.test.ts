import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { ENGINES, titleOf } from './engines/engines.ts'
import { begin } from './stage/begin.ts'
import { beginIn } from './stage/begin-in.ts'
import { buildSnippet } from './stage/build-snippet.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import { makeToken } from './stage/make-token.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const run = promisify(execFile)
describe.each(ENGINES)('$name', (engine) => {
  const scene = beginIn(engine)

  describe.skipIf(engine.missing)(`a strict Content-Security-Policy with Trusted Types${titleOf(engine)}`, () => {
    it('lets the script tag work and reports nothing', async () => {
      const { stage, page } = scene
      const policy = [
        "default-src 'none'",
        // Some engines ask for the site's icon, and count that as the page's doing.
        "img-src 'self'",
        `script-src 'self' 'nonce-stub'`,
        `connect-src 'self' ${new URL(stage.endpoint.url).origin}`,
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; ')
      stage.site.paths['/strict'] = () => ({
        headers: { 'content-security-policy': policy },
        body: `<!doctype html><script nonce="stub">
            addEventListener('securitypolicyviolation', (event) => (window.violations ??= []).push(event.violatedDirective))
          </script>
          <script async src="/s.js" data-endpoint="${stage.endpoint.url}" data-session="/session-token" data-persist></script>
          <button data-track="pressed">press</button>`,
      })
      await page.goto(`${stage.site.url}/strict`)
      await expect.poll(() => page.evaluate(() => 'track' in window)).toBe(true)
      await expectDelivered(stage.endpoint, { action: () => page.click('button'), expected: [{ event: 'pressed', person: 'ada' }] })
      expect(await page.evaluate(() => (window as unknown as { violations?: string[] }).violations ?? [])).toEqual([])
    })
  })

  describe.skipIf(engine.missing)(`a frame${titleOf(engine)}`, () => {
    for (const sandbox of ['allow-scripts', 'allow-scripts allow-same-origin']) {
      it(`with sandbox="${sandbox}" delivers`, async () => {
        const { stage, page } = scene
        stage.site.paths['/inner'] = () => ({
          headers: { 'access-control-allow-origin': '*' },
          body: `<script>window.token = ${JSON.stringify(makeToken('ada'))}</script><script type="module">
            import { createTracker } from '/index.js'
            createTracker({ endpoint: '${stage.endpoint.url}', session: () => token, persist: true }).track('framed')
          </script>`,
        })
        const { esm } = await buildSnippet()
        stage.site.paths['/index.js'] = () => ({ headers: { 'access-control-allow-origin': '*' }, body: esm })
        stage.site.paths['/outer'] = `<iframe sandbox="${sandbox}" src="/inner"></iframe>`
        await expectDelivered(stage.endpoint, {
          action: () => page.goto(`${stage.site.url}/outer`),
          expected: [{ event: 'framed', person: 'ada' }],
        })
      })
    }
  })

  describe.skipIf(engine.missing)(`a worker${titleOf(engine)}`, () => {
    it('delivers, and keeps to memory with persist', async () => {
      const { stage, page } = scene
      stage.site.paths['/worker.js'] = `import { createTracker } from '/index.js'
        const tracker = createTracker({ endpoint: '${stage.endpoint.url}', session: () => '${makeToken('ada')}', persist: true })
        postMessage(await tracker.track('worked'))`
      stage.site.paths['/'] = '<!doctype html>'
      await page.goto(stage.site.url)
      const outcome = await page.evaluate(
        () =>
          new Promise((resolve) => {
            new Worker('/worker.js', { type: 'module' }).onmessage = (message) => resolve(message.data)
          }),
      )
      expect(outcome).toBe('accepted')
      expect(stage.endpoint.messages()).toMatchObject([{ event: 'worked' }])
    })
  })
})

describe('a page over plain HTTP', () => {
  const scene = begin()

  it('has no randomUUID and no locks, and delivers all the same, stored events too', async () => {
    const { stage, page } = scene
    const origin = `http://insecure.test:${stage.site.port}`
    stage.endpoint.script = () => ({ status: 503 })
    await stage.visitWithModule(page, { persist: true }, origin)
    expect(await page.evaluate(() => [isSecureContext, 'randomUUID' in crypto, 'locks' in navigator]))
      .toEqual([false, false, false])
    await page.evaluate(() => void window.tracker.track('stored'))
    await expect.poll(() => stage.endpoint.requests.length).toBeGreaterThan(0)
    stage.endpoint.script = undefined
    await expectDelivered(stage.endpoint, {
      action: () => stage.visitWithModule(page, { persist: true }, origin),
      expected: [{ event: 'stored' }],
    })
  })
})

describe('a server that renders pages', () => {
  const program = `
    let asked = 0
    const session = () => { asked++ }
    const { track, flush, reset, consent } = createTracker({ endpoint: 'http://127.0.0.1:1/v1/b', session, persist: true })
    consent('grant')
    track('rendered').then(async (outcome) => { await flush(); reset(); console.log(outcome, asked) })`
  const ways = [
    {
      name: 'import', file: 'program.mjs',
      code: `import { createTracker } from './snippet.mjs'${program}`,
      library: 'snippet.mjs', built: 'esm',
    },
    {
      name: 'require', file: 'program.cjs',
      code: `const { createTracker } = require('./snippet.cjs')${program}`,
      library: 'snippet.cjs', built: 'commonJs',
    },
  ] as const
  for (const { name, file, code, library, built } of ways) {
    it(`may ${name} it: events are dropped, no session is asked, and the process ends`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'snippet-'))
      await writeFile(join(folder, library), (await buildSnippet())[built])
      await writeFile(join(folder, file), code)
      const { stdout, stderr } = await run(process.execPath, [join(folder, file)])
      expect({ stdout, stderr }).toEqual({ stdout: 'dropped 0\n', stderr: '' })
      await rm(folder, { recursive: true })
    })
  }
})
