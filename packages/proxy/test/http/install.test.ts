import { sharedSecret } from '@trackline/session'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { installUrl } from '../../src/cli/connect.ts'
import type { SiteRow } from '../../src/config.ts'
import { createInstallLink } from '../../src/flows/install-account.ts'
import { PUBLIC_URL, SECRET, startStack } from '../stage/start-stack.ts'

const clock = { ms: 0 }
const now = () => new Date(Date.now() + clock.ms)
const stack = await startStack({ isConnected: false, world: { now }, emulator: { now } })
const { send, server, emulator } = stack
afterAll(stack.close)

const MINUTES = 60_000
const PORTAL = stack.config.sites.main?.portal ?? 0

async function newLink(): Promise<string> {
  return (await installUrl(server.parts, 'main')).replace(PUBLIC_URL, '')
}

/** What one browser keeps from answer to answer; emptied before each test. */
const jar = new Map<string, string>()
beforeEach(() => jar.clear())

/** Goes to an address of the proxy as that browser does. */
async function visit(path: string, options: { method?: string } = {}) {
  const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const reply = await send(path, { ...options, headers: { cookie } })
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(reply.headers.get('set-cookie') ?? '') ?? []
  if (name !== undefined && value !== undefined) value === '' ? jar.delete(name) : jar.set(name, value)
  return reply
}

/** Opens a link and gives back where it sends the browser: HubSpot's consent page. */
async function begin(link: string): Promise<URL> {
  const { status, headers } = await visit(link)
  expect(status).toBe(302)
  return new URL(headers.get('location') ?? '')
}

/** Consents, and gives back the address that HubSpot sends the browser to. */
async function consent(url: URL): Promise<string> {
  const { headers } = await fetch(url, { redirect: 'manual' })
  return (headers.get('location') ?? '').replace(PUBLIC_URL, '')
}

async function expectPage(path: string, status: number, says: RegExp): Promise<string> {
  const reply = await visit(path)
  expect(reply.status).toBe(status)
  expect(reply.headers.get('content-type')).toMatch(/^text\/html/)
  expect(reply.text).toMatch(says)
  expect(reply.headers.get('content-security-policy')).toMatch(/default-src 'none'/)
  expect(reply.headers.get('cache-control')).toBe('no-store')
  expect(reply.headers.get('referrer-policy')).toBe('no-referrer')
  return reply.text
}

describe('connecting an account', () => {
  it('goes to HubSpot for this account and app, with a state and a challenge, and comes back connected', async () => {
    const url = await begin(await newLink())
    expect(url.origin + url.pathname).toBe(`${emulator.url}/oauth/${PORTAL}/authorize`)
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: 'trackline-dev',
      redirect_uri: `${PUBLIC_URL}/oauth/callback`,
      scope: expect.stringMatching(/^oauth timeline/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    })
    const callback = await visit(await consent(url))
    expect([callback.status, callback.headers.get('location')]).toEqual([303, '/oauth/connected'])
    expect((await send('/oauth/connected')).text).toMatch(/Your HubSpot account is connected/)
    expect((await server.parts.vault.accessToken(PORTAL)).kind).toBe('token')
  })

  it('a HEAD, as a link checker sends it, uses up neither link nor state', async () => {
    const link = await newLink()
    expect((await visit(link, { method: 'HEAD' })).status).toBe(404)
    const callback = await consent(await begin(link))
    expect((await visit(callback, { method: 'HEAD' })).status).toBe(404)
    expect((await visit(callback)).status).toBe(303)
  })

  it.each([
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)',
    'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)',
    'WhatsApp/2.23.20.0',
    'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com',
    'TelegramBot (like TwitterBot)',
  ])('the preview of a chat sees a page, and uses nothing up: %s', async (userAgent) => {
    const link = await newLink()
    const preview = await send(link, { headers: { 'user-agent': userAgent } })
    expect({ status: preview.status, cookie: preview.headers.get('set-cookie') }).toEqual({ status: 200, cookie: null })
    expect(preview.text).toContain('Connect HubSpot')
    expect((await visit(link)).status).toBe(302)
  })

  it.each([
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Mozilla/5.0 (Linux; Android 13; CUBOT X70) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
  ])('a browser goes to HubSpot: %s', async (userAgent) => {
    expect((await send(await newLink(), { headers: { 'user-agent': userAgent } })).status).toBe(302)
  })

  it('a link for a site that this service does not know says so, and is good once it does', async () => {
    const known = new Map<string, SiteRow>()
    const other = await startStack({ isConnected: false, world: { now }, emulator: { now }, config: { sites: async (asked) => known.get(asked) } })
    onTestFinished(other.close)
    const byAnotherService = { ...other.server.parts.install(() => undefined), accountOf: async () => PORTAL }
    const link = `/oauth/install?link=${await createInstallLink(byAnotherService, 'moved')}`
    const page = await other.send(link)
    expect({ status: page.status, type: page.headers.get('content-type') }).toEqual({ status: 400, type: expect.stringMatching(/^text\/html/) })
    expect(page.text).toMatch(/&#39;moved&#39;, which this service does not know/)
    const session = sharedSecret({ secret: SECRET, issuer: 'moved', audience: 'trackline' })
    known.set('moved', { name: 'moved', origins: ['https://moved.example.com'], session, portal: PORTAL })
    // That there is no such site is believed for some seconds.
    clock.ms += MINUTES
    expect((await other.send(link)).status).toBe(302)
  })

  it('logs neither link, state, code nor token', async () => {
    const url = await begin(await newLink())
    const callback = await consent(url)
    await visit(callback)
    const token = await server.parts.vault.accessToken(PORTAL)
    const secrets = [
      url.searchParams.get('state'),
      new URL(callback, PUBLIC_URL).searchParams.get('code'),
      token.kind === 'token' ? token.accessToken : '',
    ]
    for (const secret of secrets) expect(stack.logged()).not.toContain(secret)
    expect(stack.logged()).toContain('account.connected')
  })

  it("needs the page's one style and no more: it has no script", async () => {
    const { text, headers } = await send('/oauth/connected')
    expect(text).not.toMatch(/<script|javascript:|src=/)
    expect(headers.get('content-security-policy')).toMatch(/style-src 'sha256-/)
  })
})

describe('a link', () => {
  it('works once', async () => {
    const link = await newLink()
    await begin(link)
    await expectPage(link, 400, /INSTALL_INVALID/)
  })

  it.each([
    ['an hour old', 60 * MINUTES],
    ['ten minutes and a millisecond old', 10 * MINUTES + 1],
  ])('%s is refused, with what to do', async (_, age) => {
    const link = await newLink()
    clock.ms += age
    await expectPage(link, 400, /older than 10 minutes.*run &#34;trackline connect&#34; again/is)
  })

  it.each([
    '/oauth/install',
    '/oauth/install?site=main',
    '/oauth/install?link=',
    '/oauth/install?link=guess',
    '/oauth/install?link=a&link=b',
    '/oauth/install?link[]=a',
  ])('%s opens nothing: a stranger must not be able to connect an account', async (path) => {
    await expectPage(path, 400, /INSTALL_INVALID/)
  })
})

describe('the way back from HubSpot', () => {
  it('works once: the state is used up', async () => {
    const callback = await consent(await begin(await newLink()))
    await visit(callback)
    await expectPage(callback, 400, /INSTALL_INVALID/)
  })

  it('with a state that is ten minutes old is refused', async () => {
    const callback = await consent(await begin(await newLink()))
    clock.ms += 10 * MINUTES + 1
    await expectPage(callback, 400, /INSTALL_INVALID/)
  })

  it.each([
    '/oauth/callback',
    '/oauth/callback?code=x',
    '/oauth/callback?state=guess&code=x',
    '/oauth/callback?state=a&state=b&code=x',
    '/oauth/callback?state=&code=x',
  ])('%s, which nobody began here, is refused', async (path) => {
    await expectPage(path, 400, /INSTALL_INVALID/)
  })

  it("with a code that is not the state's is refused, and nothing is connected by it", async () => {
    const [first, second] = [await begin(await newLink()), await begin(await newLink())]
    const code = new URL(await consent(first), PUBLIC_URL).searchParams.get('code')
    const before = await server.parts.store.readGrant(PORTAL)
    await expectPage(`/oauth/callback?state=${second.searchParams.get('state')}&code=${code}`, 400, /INSTALL_REFUSED/)
    expect(await server.parts.store.readGrant(PORTAL)).toEqual(before)
  })

  it('with two codes is refused', async () => {
    const state = (await begin(await newLink())).searchParams.get('state')
    await expectPage(`/oauth/callback?state=${state}&code=a&code=b`, 400, /INSTALL_REFUSED/)
  })

  it("access denied is told in HubSpot's word, and its HTML is not repeated", async () => {
    const state = (await begin(await newLink())).searchParams.get('state')
    const text = await expectPage(
      `/oauth/callback?state=${state}&error=access_denied%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E`,
      400,
      /access_denied/,
    )
    expect(text).not.toMatch(/<img|onerror=/)
  })

  it.each(['error=a&error=b', ''])('without a code and with "%s" is refused', async (query) => {
    const state = (await begin(await newLink())).searchParams.get('state')
    await expectPage(`/oauth/callback?state=${state}&${query}`, 400, /INSTALL_REFUSED/)
  })

  it("from another HubSpot account than the site's is refused, and both are named", async () => {
    const url = await begin(await newLink())
    url.pathname = '/oauth/7777/authorize'
    await expectPage(
      await consent(url),
      400,
      /The HubSpot account 7777 was connected, but the site &#39;main&#39; belongs to 62515/,
    )
    expect(await server.parts.store.readGrant(7777)).toBeUndefined()
  })

  it.each([
    ['does not answer', { drop: true }],
    ['answers 500', { status: 500 }],
  ])('while HubSpot %s is refused, and a new link works', async (_, fault) => {
    const callback = await consent(await begin(await newLink()))
    await stack.fail({ path: '/oauth/2026-03/token', ...fault })
    await expectPage(callback, 400, /INSTALL_REFUSED/)
    expect((await visit(await consent(await begin(await newLink())))).status).toBe(303)
  })
})

describe('the browser that opened the link', () => {
  it('is remembered by a cookie that no other host, path or script gets, for as long as the state is good', async () => {
    const { headers } = await send(await newLink())
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-trackline-install-[0-9a-f]{12}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax; Secure$/,
    )
  })

  it('is the only one that may come back: another one connects nothing, and uses the state up', async () => {
    const callback = await consent(await begin(await newLink()))
    const before = await server.parts.store.readGrant(PORTAL)
    const mine = new Map(jar)
    jar.clear()
    await expectPage(callback, 400, /Another browser has opened the link.*INSTALL_INVALID/s)
    for (const [name, value] of mine) jar.set(name, value)
    await expectPage(callback, 400, /INSTALL_INVALID/)
    expect(await server.parts.store.readGrant(PORTAL)).toEqual(before)
  })

  it.each([
    ['with the secret of another installation', (name: string, others: string) => `${name}=${others}`],
    ['with the name of another installation', (_: string, others: string) => `__Host-trackline-install-000000000000=${others}`],
    ['sent twice', (name: string, others: string, own: string) => `${name}=${own}; ${name}=${others}`],
    ['empty', (name: string) => `${name}=`],
  ])('is not known by a cookie %s', async (_, cookieOf) => {
    await begin(await newLink())
    const [others = ''] = jar.values()
    jar.clear()
    const callback = await consent(await begin(await newLink()))
    const [[name = '', own = ''] = []] = jar
    const reply = await send(callback, { headers: { cookie: cookieOf(name, others, own) } })
    expect([reply.status, /INSTALL_INVALID/.test(reply.text)]).toEqual([400, true])
  })

  it('may run two installations at once, each in a tab of its own, and is forgotten after each', async () => {
    const [first, second] = [await consent(await begin(await newLink())), await consent(await begin(await newLink()))]
    expect(jar.size).toBe(2)
    for (const callback of [second, first]) expect((await visit(callback)).status).toBe(303)
    expect(jar.size).toBe(0)
  })

  it('on this machine, without https, has a cookie without the prefix that needs it', async () => {
    const local = await startStack({ isConnected: false, config: { publicUrl: 'http://127.0.0.1:4400' } })
    onTestFinished(local.close)
    const link = (await installUrl(local.server.parts, 'main')).replace('http://127.0.0.1:4400', '')
    const { headers } = await local.send(link)
    expect(headers.get('set-cookie')).toMatch(/^trackline-install-[0-9a-f]{12}=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; SameSite=Lax$/)
  })
})

describe('the account of a site', () => {
  it('does not change by a mistake in the configuration: only --replace makes a link for another', async () => {
    const { store } = server.parts
    await store.saveConnection({ site: 'main', account: 7777 })
    await expect(installUrl(server.parts, 'main')).rejects.toThrow(/connected to the HubSpot account 7777, and its "portal" is 62515.*--replace/)
    const link = (await installUrl(server.parts, 'main', { replace: true })).replace(PUBLIC_URL, '')
    expect((await visit(await consent(await begin(link)))).status).toBe(303)
    expect(await store.readConnection('main')).toBe(PORTAL)
    await installUrl(server.parts, 'main')
  })

  it('is connected with its time zone, which tells when its daily limit begins anew', async () => {
    await stack.emulated('/_emulator/accounts', 'POST', { portal: PORTAL, timeZone: 'Asia/Tokyo' })
    await visit(await consent(await begin(await newLink())))
    expect(await server.parts.vault.accessToken(PORTAL)).toMatchObject({ kind: 'token', timeZone: 'Asia/Tokyo' })
  })

  it('is connected without it when HubSpot does not tell', async () => {
    const callback = await consent(await begin(await newLink()))
    await stack.fail({ path: '/account-info/', status: 500 })
    expect((await visit(callback)).status).toBe(303)
    expect(await server.parts.vault.accessToken(PORTAL)).not.toHaveProperty('timeZone')
  })
})
