import { beforeAll, describe, expect, it } from 'vitest'
import type { TrackCall } from '@trackline/snippet/before'
import { begin } from '../stage/begin.ts'
import { buildDoor } from '../stage/build-snippet.ts'
import { expectDelivered } from '../stage/expect-delivered.ts'
import { STUB } from '../stage/open-stage.ts'
import type { StagePage } from '../stage/open-stage.ts'

declare const window: StagePage & { track: { before: (call: TrackCall) => TrackCall | void } }

const scene = begin()
beforeAll(async () => {
  scene.stage.site.paths['/s-modules.js'] = await buildDoor('script-tag-with-modules')
})

/** Opens a page that carries the script tag with modules. */
async function visit(attributes: string, body = '', before = ''): Promise<void> {
  const { site, endpoint } = scene.stage
  const tag = `<script async src="/s-modules.js" data-endpoint="${endpoint.url}" data-session="/session-token" ${attributes}></script>`
  site.paths['/tag'] = `<!doctype html><title>tag</title><script>${STUB};${before}</script>${tag}${body}`
  await scene.page.goto(`${site.url}/tag?token=secret`)
}

const BUTTON = '<button data-track="pressed" data-track-plan="pro">press</button>'
const messages = () => scene.stage.endpoint.messages()

describe('the script tag with modules', () => {
  it('without attributes does what the plain one does', async () => {
    await visit('', BUTTON, "track('early')")
    await expectDelivered(scene.stage.endpoint, {
      action: () => scene.page.click('button'),
      expected: [{ event: 'early', person: 'ada' }, { event: 'pressed', person: 'ada', properties: { plan: 'pro' } }],
    })
    for (const message of messages()) expect(message.extraData).toBeUndefined()
    expect(messages()).toHaveLength(2)
  })

  it('has each module for which there is an attribute, on what was tracked before it loaded and what elements declare too', async () => {
    await visit('data-page-views data-context data-session-id', BUTTON, "track('early')")
    await scene.page.click('button')
    await scene.page.evaluate(() => window.track('late', {}, { extraData: { mine: 1 } }))
    await expect.poll(() => messages().map(({ event }) => event).sort()).toEqual(['early', 'late', 'page_view', 'pressed'])
    const where = { url: `${scene.stage.site.url}/tag`, title: 'tag', sessionId: (messages()[0]?.extraData as { sessionId: string }).sessionId }
    for (const { event, extraData } of messages()) expect(extraData).toEqual({ ...where, ...(event === 'late' && { mine: 1 }) })
    expect(messages().find(({ event }) => event === 'page_view')?.properties).toEqual({ url: where.url, title: 'tag' })
  })

  it('gives page views the name of the attribute', async () => {
    await visit('data-page-views="screen_seen"')
    await expectDelivered(scene.stage.endpoint, { expected: [{ event: 'screen_seen' }] })
  })

  it('with data-no-bots drops what a steered browser tracks', async () => {
    await visit('data-no-bots data-page-views')
    expect(await scene.page.evaluate(() => window.track('login'))).toBe('dropped')
    expect(scene.stage.endpoint.requests).toEqual([])
  })

  it('lets track.before change and drop calls, with what modules have added; set before or after it loaded', async () => {
    await visit('data-context', BUTTON, "track.before = (call) => ({ ...call, extraData: { ...call.extraData, title: 'hidden' } });track('early')")
    await expectDelivered(scene.stage.endpoint, { expected: [{ event: 'early' }] })
    expect(messages()[0]?.extraData).toEqual({ url: `${scene.stage.site.url}/tag`, title: 'hidden' })
    await scene.page.evaluate(() => (window.track.before = () => {}))
    expect(await scene.page.evaluate(() => window.track('login'))).toBe('dropped')
  })

  it('reports through track.onError, keeps its methods, and loaded twice tracks once', async () => {
    await visit('data-page-views data-context')
    await scene.page.addScriptTag({ url: '/s-modules.js' })
    scene.stage.endpoint.script = () => ({ reject: ['logn'] })
    await scene.page.evaluate(() => Object.assign(window.track, { onError: ({ code }: { code: string }) => (document.title = code) }))
    expect(await scene.page.evaluate(() => window.track('logn'))).toBe('rejected')
    expect(await scene.page.title()).toBe('EVENT_UNKNOWN')
    await scene.page.evaluate(() => window.track.flush())
    expect(messages().filter(({ event }) => event === 'page_view')).toHaveLength(1)
  })
})
