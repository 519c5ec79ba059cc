import { readFileSync } from 'node:fs'
import { chromium } from 'playwright'
import type { Page } from 'playwright'
import ts from 'typescript'
import { beforeAll, expect, it } from 'vitest'
import { begin } from '../stage/begin.ts'
import { buildDoor } from '../stage/build-snippet.ts'
import { makeToken } from '../stage/make-token.ts'
import { BROWSER_ARGUMENTS, CHROMIUM, STUB } from '../stage/open-stage.ts'
import { DOORS, serveDoors } from '../stage/visit-with-doors.ts'

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const SHOWN = readFileSync(new URL('shown/tracker.ts', import.meta.url), 'utf8')

const scene = begin()
beforeAll(async () => {
  await serveDoors(scene.stage)
  scene.stage.site.paths['/s-modules.js'] = await buildDoor('script-tag-with-modules')
})

/** Opens a page of the site in a browser like a person's. */
async function visit(body: string): Promise<Page> {
  const args = [...BROWSER_ARGUMENTS, '--disable-blink-features=AutomationControlled', '--user-agent=Mozilla/5.0 Chrome/131.0.0.0']
  const page = await (await chromium.launch({ executablePath: CHROMIUM, args })).newPage()
  scene.stage.site.paths['/shown'] = `<!doctype html><title>shown</title>${body}`
  scene.stage.site.paths['/session-token'] = () => ({ body: makeToken('ada') })
  await page.goto(`${scene.stage.site.url}/shown?token=secret`)
  return page
}

async function expectTracked(page: Page): Promise<void> {
  await expect.poll(() => scene.stage.endpoint.messages().map(({ event }) => event).sort()).toEqual(['login', 'page_view'])
  const { properties, extraData } = scene.stage.endpoint.messages().find(({ event }) => event === 'login') ?? {}
  const where = { url: `${scene.stage.site.url}/shown`, title: 'shown' }
  expect(properties).toEqual({ method: 'sso' })
  expect(extraData).toEqual({ ...where, sessionId: expect.any(String) })
  expect(scene.stage.endpoint.messages().find(({ event }) => event === 'page_view')?.properties).toEqual(where)
  await page.context().browser()?.close()
}

it('the README shows the modules as this test runs them', () => {
  expect(README).toContain(`\n\`\`\`ts\n${SHOWN}\`\`\`\n`)
  for (const name of DOORS) expect(SHOWN).toContain(`'@trackline/snippet/${name}'`)
})

it('its tracker has all modules around it', async () => {
  const { outputText } = ts.transpileModule(SHOWN, { compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext } })
  scene.stage.site.paths['/tracker.js'] = outputText
    .replace(/'@trackline\/snippet(\/[\w-]+)?'/g, (_, door = '/index') => `'${door}.js'`)
    .replace('https://t.example.com/v1/batch', scene.stage.endpoint.url)
  await expectTracked(await visit(`<script type="module">
    import { tracker } from '/tracker.js'
    tracker.track('login', { method: 'sso', email: 'ada@example.com' })
  </script>`))
})

it('its script tag has them too', async () => {
  const [, html = ''] = /```html\n([^`]*s-modules\.js[^`]*)```/.exec(README) ?? []
  const tag = html.replace('https://t.example.com', '').replace('data-session=', `data-endpoint="${scene.stage.endpoint.url}" data-session=`)
  await expectTracked(await visit(`<script>${STUB}</script>${tag}<script>track('login', { method: 'sso', email: 'ada@example.com' })</script>`))
})
