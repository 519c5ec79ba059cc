import { describe, expect, it } from 'vitest'
import { begin } from './stage/begin.ts'
import { expectDelivered } from './stage/expect-delivered.ts'
import { makeToken } from './stage/make-token.ts'
import type { StagePage } from './stage/open-stage.ts'

declare const window: StagePage

const scene = begin()

describe('the script tag', () => {
  it('sends what was tracked before it loaded, and what is tracked after, with the token of data-session', async () => {
    const { stage, page } = scene
    await stage.visitWithTag(page, {}, "<script>track('early', { method: 'sso' })</script>")
    await expectDelivered(stage.endpoint, {
      action: async () => expect(await page.evaluate(() => window.track('late'))).toBe('accepted'),
      expected: [
        { event: 'early', person: 'ada', properties: { method: 'sso' } },
        { event: 'late', person: 'ada' },
      ],
    })
  })

  it('posts to /v1/b of the server it came from, where no data-endpoint is given', async () => {
    const { stage, page } = scene
    stage.site.paths['/'] = '<!doctype html>'
    await page.goto(stage.site.url)
    const posted = page.waitForRequest((request) => request.method() === 'POST')
    await page.setContent(`<script src="${stage.site.url}/s.js" data-session="/session-token"></script>`)
    await page.evaluate(() => void window.track('login'))
    expect((await posted).url()).toBe(`${stage.site.url}/v1/b`)
  })

  it('loaded twice, sends each event once', async () => {
    const { stage, page } = scene
    await stage.visitWithTag(page, {}, '<button data-track="pressed">press</button>')
    const before = await page.evaluateHandle(() => window.track)
    await page.addScriptTag({ url: '/s.js' })
    expect(await page.evaluate((track) => window.track === track, before)).toBe(true)
    await expectDelivered(stage.endpoint, { action: () => page.click('button'), expected: [{ event: 'pressed' }] })
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => window.track('after')),
      expected: [{ event: 'after' }, { event: 'pressed' }],
    })
  })

  it('in cookie mode sends the cookie and x-trackline, and no Authorization', async () => {
    const { stage, page, context } = scene
    await context.addCookies([{ name: 'sid', value: 'ada', url: stage.endpoint.url }])
    stage.site.paths['/cookie'] = `<script src="/s.js" data-endpoint="${stage.endpoint.url}" data-credentials="include"></script>`
    await page.goto(`${stage.site.url}/cookie`)
    expect(await page.evaluate(() => window.track('login'))).toBe('accepted')
    const [request] = stage.endpoint.requests
    expect(request?.headers).toMatchObject({ cookie: 'sid=ada', 'x-trackline': '1' })
    expect(request?.authorization).toBeUndefined()
  })

  it('reports through track.onError, set before or after it loaded', async () => {
    const { stage, page } = scene
    stage.endpoint.script = () => ({ reject: ['logn'] })
    await stage.visitWithTag(page, {}, "<script>track.onError = (failure) => { document.title = failure.code }</script>")
    expect(await page.evaluate(() => window.track('logn'))).toBe('rejected')
    expect(await page.title()).toBe('EVENT_UNKNOWN')
  })

  it('with data-debug writes what was not accepted to the console, and without it nothing', async () => {
    const { stage, page } = scene
    const lines: string[] = []
    page.on('console', (message) => lines.push(`${message.type()} ${message.text()}`))
    stage.endpoint.script = () => ({ reject: ['logn'] })
    await stage.visitWithTag(page)
    await page.evaluate(() => window.track('logn'))
    expect(lines.filter((line) => line.startsWith('warning'))).toEqual([])
    await stage.visitWithTag(page, { 'data-debug': '' })
    await page.evaluate(() => window.track('logn'))
    expect(lines.filter((line) => line.startsWith('warning')).join()).toContain('EVENT_UNKNOWN')
  })
})

describe('data-session', () => {
  const answers = {
    'a token in JSON': () => ({ body: JSON.stringify({ token: makeToken('ada') }) }),
    'a token in JSON, beside others': () => ({
      body: JSON.stringify({ refresh: makeToken('mallory'), token: makeToken('ada') }, null, 2),
    }),
    'the bare token': () => ({ body: makeToken('ada') }),
  }
  for (const [name, answer] of Object.entries(answers)) {
    it(`answers ${name}: the event goes with it`, async () => {
      const { stage, page } = scene
      stage.site.paths['/mine'] = answer
      await stage.visitWithTag(page, { 'data-session': '/mine' })
      await expectDelivered(stage.endpoint, {
        action: () => page.evaluate(() => window.track('login')),
        expected: [{ event: 'login', person: 'ada' }],
      })
    })
  }

  const nobody = {
    204: () => ({ status: 204 }),
    401: () => ({ status: 401, body: '{"code":"SESSION_MISSING"}' }),
    403: () => ({ status: 403 }),
    '401 with a word': () => ({ status: 401, body: 'Unauthorized' }),
    'a sign-in page': () => ({ body: '<!doctype html><title>Sign in at www.example.com</title>' }),
    'an empty token': () => ({ body: '{"token":null}' }),
    null: () => ({ body: 'null' }),
  }
  for (const [name, answer] of Object.entries(nobody)) {
    it(`answers ${name}: the event waits until somebody is signed in`, async () => {
      const { stage, page } = scene
      stage.site.paths['/mine'] = answer
      await stage.visitWithTag(page, { 'data-session': '/mine' })
      await Promise.all([page.waitForResponse('**/mine'), page.evaluate(() => void window.track('before_sign_in'))])
      expect(stage.endpoint.requests).toEqual([])
      stage.site.paths['/mine'] = answers['the bare token']
      await expectDelivered(stage.endpoint, {
        action: () => page.evaluate(() => window.track('login')),
        expected: [
          { event: 'before_sign_in', person: 'ada' },
          { event: 'login', person: 'ada' },
        ],
      })
    })
  }

  it('fails: it is asked again by itself, and the event goes', async () => {
    const { stage, page } = scene
    const failures = [{ drop: true }, { status: 500 }, { status: 429 }]
    stage.site.paths['/mine'] = () => failures.shift() ?? { body: makeToken('ada') }
    await stage.visitWithTag(page, { 'data-session': '/mine' })
    await expectDelivered(stage.endpoint, {
      action: () => page.evaluate(() => void window.track('login')),
      expected: [{ event: 'login', person: 'ada' }],
    })
  })

  it('is asked once for all events of one turn of the event loop', async () => {
    const { stage, page } = scene
    await stage.visitWithTag(page)
    await page.evaluate(() => window.track('first'))
    stage.site.requests.length = 0
    await page.evaluate(() => Promise.all(['a', 'b', 'c'].map((name) => window.track(name))))
    expect(stage.site.requests.filter((path) => path === '/session-token')).toHaveLength(1)
  })
})
