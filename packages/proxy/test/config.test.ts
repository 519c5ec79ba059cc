import { join, sep } from 'node:path'
import { authjs, clerk, deviseJwt, introspect, SessionError, sharedSecret, simplejwt } from '@trackline/session'
import { defineEvents } from '@trackline/shared'
import { describe, expect, it } from 'vitest'
import { defineConfig, resolveConfig } from '../src/config.ts'
import type { ConfigOptions } from '../src/config.ts'
import { lookup } from '../src/identity/email-source.ts'

const FILE = join(sep, 'srv', 'app', 'trackline.config.ts')
const SECRETS = [
  'client secret that nobody may see',
  'k1:c2VhbGluZyBrZXkgdGhhdCBub2JvZHkgbWF5IHNlZQ==',
  'developer key that nobody may see',
  'session secret that nobody may see',
]
const [clientSecret = '', keys = '', developerKey = '', secret = ''] = SECRETS
const session = sharedSecret({ secret, issuer: 'shop' })

function options(changes: object = {}): ConfigOptions {
  return {
    publicUrl: 'https://t.example.com',
    keys,
    hubspot: { clientId: 'client', clientSecret, developerKey, appId: 1 },
    sites: { main: { origins: ['https://app.example.com'], session, portal: 62515 } },
    events: defineEvents({ login: {}, logout: {} }),
    ...changes,
  }
}

/** What is said of a configuration that cannot be used, a line each. */
function problemsOf(changes: object): string[] {
  try {
    resolveConfig(options(changes), FILE)
  } catch (error) {
    expect(error).toBeInstanceOf(TypeError)
    const message = String(error)
    for (const each of SECRETS) expect(message).not.toContain(each)
    const [first, ...lines] = message.split('\n')
    expect(first).toMatch(/the configuration cannot be used:$/)
    return lines.map((line) => line.trim())
  }
  return []
}

const hubspot = (changes: object) => ({ hubspot: { clientId: 'client', clientSecret, developerKey, appId: 1, ...changes } })
const site = (changes: object) => ({
  sites: { main: { origins: ['https://app.example.com'], session, portal: 62515, ...changes } },
})

describe('a configuration that can be used', () => {
  it('has every default filled in, and paths that start where its file lies', () => {
    expect(resolveConfig(options(), FILE)).toMatchObject({
      host: '127.0.0.1',
      port: 4400,
      store: `sqlite:${join(sep, 'srv', 'app', 'data', 'trackline.db')}`,
      hubspot: {
        baseUrl: 'https://api.hubapi.com',
        appUrl: 'https://app.hubspot.com',
        oauthVersion: '2026-03',
        timeoutMs: 20_000,
      },
      limits: { perSubjectPerMinute: 120 },
      retry: { firstMs: 10_000, maxMs: 3_600_000, giveUpAfterMs: 259_200_000 },
      sites: { main: { name: 'main', targets: ['timeline-v3'], serverKeys: [], session: [session], email: undefined } },
    })
  })

  it('gives each site defaults of its own', () => {
    const { sites } = resolveConfig(
      options({
        sites: {
          a: { origins: [], session, portal: 1 },
          b: { origins: [], session: [session], portal: 2, email: [lookup(() => undefined)] },
        },
      }),
      FILE,
    )
    expect([sites.a?.email, sites.b?.email?.[0]?.kind, sites.a?.targets]).toEqual([undefined, 'lookup', ['timeline-v3']])
  })

  it('takes a variable that is not set as a field that is not', () => {
    expect(resolveConfig(options({ host: undefined, port: undefined, ...hubspot({ baseUrl: undefined }) }), FILE)).toMatchObject({
      host: '127.0.0.1',
      port: 4400,
      hubspot: { baseUrl: 'https://api.hubapi.com' },
    })
  })

  it('with limits: false lets everybody send any number', () => {
    expect(resolveConfig(options({ limits: false }), FILE).limits).toEqual({ perSubjectPerMinute: false })
  })

  it('does not change what it was given', () => {
    const given = options()
    const before = structuredClone({ ...given, sites: null, events: null })
    resolveConfig(given, FILE)
    expect({ ...given, sites: null, events: null }).toEqual(before)
  })

  it('needs no developer key where ids names every template', () => {
    expect(problemsOf(hubspot({ developerKey: undefined, ids: { login: '1', logout: '2' } }))).toEqual([])
  })

  it.each(['http://127.0.0.1:4400', 'http://localhost:4400', 'http://[::1]:4400'])(
    'may be on this machine without https: %s',
    (publicUrl) => {
      expect(problemsOf({ publicUrl })).toEqual([])
    },
  )

  it('is given back by defineConfig as it came', () => {
    const given = options()
    expect(defineConfig(given)).toBe(given)
  })
})

it("Clerk's tokens are accepted from the origins of their site alone, unless the preset names others", () => {
  const partyOf = (options: object) => {
    const preset = clerk({ publishableKey: `pk_live_${btoa('clerk.example.com$')}`, ...options })
    const { sites } = resolveConfig({ ...given, sites: { main: { origins: ['https://app.example.com'], session: preset, portal: 62515 } } }, FILE)
    return (azp: string | undefined) => sites.main?.session[0]?.claimRules.forEach((rule) => rule({ iss: 'https://clerk.example.com', sid: 's1', ...(azp && { azp }) }))
  }
  const given = options()
  expect(() => partyOf({})('https://app.example.com')).not.toThrow()
  expect(() => partyOf({})(undefined)).not.toThrow()
  expect(() => partyOf({})('https://other.example.com')).toThrow(SessionError)
  expect(() => partyOf({ authorizedParties: ['https://other.example.com'] })('https://other.example.com')).not.toThrow()
})

describe('a configuration that cannot be used', () => {
  it.each<[string, object, RegExp]>([
    ['no address', { publicUrl: undefined }, /^publicUrl must be set/],
    ['no keys', { keys: undefined }, /^keys must be set: run "trackline keys generate" and put the line into TRACKLINE_KEYS/],
    ['empty keys', { keys: '' }, /^keys must be set: run "trackline keys generate"/],
    ['an empty client id', hubspot({ clientId: '' }), /^hubspot.clientId must be set/],
    ['a target that does not exist', site({ targets: ['contact-propertes'] }), /^sites.main.targets.0 must be one of timeline-v1, .*: got 'contact-propertes' \(did you mean 'contact-properties'\?\)$/],
    ['a version of a target that does not exist', hubspot({ targets: { 'app-events': { version: 'v5' } } }), /^hubspot.targets.app-events.version must be one of 2026-03, v4: got 'v5'/],
    ['a batch larger than HubSpot takes', hubspot({ targets: { 'timeline-v1': { batchSize: 101 } } }), /^hubspot.targets.timeline-v1.batchSize .*101/],
    ['a mistyped setting of a target', hubspot({ targets: { 'timeline-v1': { metod: 'PUT' } } }), /^hubspot.targets.timeline-v1.metod is not an option \(did you mean 'method'\?\)/],
    ['a path that leaves the API', hubspot({ targets: { 'timeline-v3': { path: 'https://evil.example' } } }), /^hubspot.targets.timeline-v3.path /],
    ['a version that does not exist', hubspot({ oauthVersion: 'v2' }), /^hubspot.oauthVersion must be one of 2026-03, v3, v1: got 'v2'/],
    ['no client secret', hubspot({ clientSecret: undefined }), /^hubspot.clientSecret must be set: it is on the "Auth" page/],
    [
      'a client secret that is a number',
      hubspot({ clientSecret: 12_345 }),
      /^hubspot.clientSecret must be string: got something else/,
    ],
    ['an app id that is text', hubspot({ appId: '1' }), /^hubspot.appId must be integer: got '1'/],
    ['an app id of no number', hubspot({ appId: Number.NaN }), /^hubspot.appId must be integer: got NaN/],
    ['a port out of bounds', { port: 65_536 }, /^port must be <= 65535: got 65536/],
    ['an address on this machine that is no web address', { publicUrl: 'ftp://localhost' }, /^publicUrl must be an origin .*got 'ftp:\/\/localhost'/],
    ['an option that does not exist', { pubicUrl: 'x' }, /^pubicUrl is not an option \(did you mean 'publicUrl'\?\)/],
    [
      "an option of HubSpot's that does not exist",
      hubspot({ clientID: 'x' }),
      /^hubspot.clientID is not an option \(did you mean 'clientId'\?\)/,
    ],
    [
      "an option of a site's that does not exist",
      site({ orgins: [] }),
      /^sites.main.orgins is not an option \(did you mean 'origins'\?\)/,
    ],
    ['a version that does not exist', hubspot({ oauthVersion: 'v2' }), /^hubspot.oauthVersion .*'v2'/],
    ['a limit of nothing', { limits: { perSubjectPerMinute: 0 } }, /^limits.perSubjectPerMinute .*got 0/],
    ['no site', { sites: {} }, /^sites must/],
    ['a site with a name in capitals', { sites: { Main: site({}).sites.main } }, /^sites.*Main/],
    ['a site without an account', site({ portal: undefined }), /^sites.main.portal must be set/],
    ['a target that does not exist', site({ targets: ['timeline-v9'] }), /^sites.main.targets.*'timeline-v9'/],
    ['no target', site({ targets: [] }), /^sites.main.targets must not have fewer than 1 items/],
    [
      'a server key instead of its digest',
      site({ serverKeys: ['tl_secret'] }),
      /^sites.main.serverKeys.0 must match pattern.*: got something else/,
    ],
    [
      'an address that is no origin',
      { publicUrl: 'https://t.example.com/path' },
      /^publicUrl must be an origin such as https:\/\/t.example.com/,
    ],
    [
      'an address without https',
      { publicUrl: 'http://t.example.com' },
      /^publicUrl must be an origin .*got 'http:\/\/t.example.com'/,
    ],
    ['a HubSpot without https', hubspot({ baseUrl: 'http://api.hubapi.com' }), /^hubspot.baseUrl must be an origin/],
    ['a store whose variable is not set', { store: undefined }, /^store must be set, where it is named: is its variable in the environment\? Left out, it is sqlite:/],
    ['a store whose variable is empty', { store: '' }, /^store must be set, where it is named/],
    ['another kind of store', { store: 'mysql://ada:secret@db/x' }, /^store must be .*got 'mysql:…'/],
    [
      'an origin with a path',
      site({ origins: ['https://app.example.com/'] }),
      /^sites.main.origins: 'https:\/\/app.example.com\/' is not an origin/,
    ],
    ['an origin with a star', site({ origins: ['https://*.example.com', '*'] }), /^sites.main.origins: 'https:\/\/\*.example.com' is not an origin; write each/],
    ['an origin that is null', site({ origins: ['null'] }), /^sites.main.origins: 'null' is not an origin/],
    [
      'a session that is the secret itself',
      site({ session: secret }),
      /^sites.main.session must be made by sharedSecret, publicKey or jwks/,
    ],
    ['no session at all', site({ session: undefined }), /^sites.main.session must be/],
    ['a list of no sessions', site({ session: [] }), /^sites.main.session must be made by/],
    [
      'a requireVerified that is none',
      site({ requireVerified: 'if-presnt' as never }),
      /^sites.main.requireVerified must be one of true, false, if-present: got 'if-presnt' \(did you mean 'if-present'\?\)/,
    ],
    [
      'an email that is a name',
      site({ email: 'email' }),
      /^sites.main.email must be a list of sources, such as \[claim\('email'\), userinfo\(\)\]: got 'email'/,
    ],
    ['an email of no source', site({ email: [] }), /^sites.main.email must be a list/],
    ['no events', { events: undefined }, /^events must be/],
    ['events that are text', { events: 'login' }, /^events must be what defineEvents returned: got 'login'/],
    [
      'an id for an event that is not defined',
      hubspot({ ids: { logn: '1' } }),
      /^hubspot.ids.logn: no such event is defined \(did you mean 'login'\?\)/,
    ],
    [
      'neither developer key nor ids',
      hubspot({ developerKey: undefined }),
      /^hubspot.developerKey must be set, or hubspot.ids must name a template for each event: login, logout have none/,
    ],
  ])('with %s is refused, the field named', (_, changes, says) => {
    expect(
      problemsOf(changes).some((line) => says.test(line)),
      problemsOf(changes).join('\n'),
    ).toBe(true)
  })

  it('two sites of one origin are refused: nobody could say which one an event is for', () => {
    const sites = { a: site({}).sites.main, b: site({}).sites.main }
    expect(problemsOf({ sites })).toContainEqual(
      expect.stringMatching(/^sites.b.origins: 'https:\/\/app.example.com' is listed for 'a' too/),
    )
  })

  it.each([
    ['of two kinds', [sharedSecret({ secret }), deviseJwt({ secret })], 'sharedSecret and deviseJwt (user)'],
    ['of two kinds, beside others', [session, authjs({ secret }), authjs({ secret: `${secret}!` }), introspect({ url: 'https://app.example.com/me' })], 'authjs and introspect'],
    ['of two scopes', [deviseJwt({ secret }), deviseJwt({ secret, scope: 'admin' })], 'deviseJwt (user) and deviseJwt (admin)'],
  ])('presets without an issuer %s are refused: the same sub may be two people', (_, presets, named) => {
    const says = `${named} name no issuer, so two people with the same sub would be taken for one: give all but one an "issuer" that its tokens carry, or each a site of its own`
    expect(problemsOf(site({ session: presets }))).toEqual([`sites.main.session: ${says}`])
  })

  it('a site that is found is held to that, too', async () => {
    const row = { name: 'shop', origins: ['https://app.example.com'], session: [sharedSecret({ secret }), deviseJwt({ secret })], portal: 1 }
    const { findSite } = resolveConfig(options({ sites: () => row }), FILE)
    await expect(findSite?.('shop', 'name')).rejects.toThrow('sites.shop.session: sharedSecret and deviseJwt (user) name no issuer')
  })

  it.each([
    ['a secret that is changed', [sharedSecret({ secret }), sharedSecret({ secret: `${secret}!` })]],
    ['a secret of one scope that is changed', [deviseJwt({ secret, scope: 'admin' }), deviseJwt({ secret: `${secret}!`, scope: 'admin' })]],
    ['one alone without an issuer', [session, simplejwt({ secret, issuer: 'api' }), authjs({ secret })]],
  ])('%s is no such case', (_, presets) => {
    expect(problemsOf(site({ session: presets }))).toEqual([])
  })

  it('names every problem at once, of whatever kind', () => {
    const problems = problemsOf({
      publicUrl: 'not an origin',
      port: -1,
      surplus: true,
      keys: undefined,
      store: 'mysql:x',
      ...hubspot({ clientSecret: undefined, baseUrl: 'ftp://x', ids: { logn: '1' } }),
      sites: { main: { origins: ['*'], session: 'x', portal: 'x', email: [] } },
    })
    for (const field of [
      'publicUrl',
      'port',
      'surplus',
      'keys',
      'store',
      'hubspot.clientSecret',
      'hubspot.baseUrl',
      'hubspot.ids.logn',
      'sites.main.origins',
      'sites.main.session',
      'sites.main.portal',
      'sites.main.email',
    ]) {
      expect(problems, field).toContainEqual(expect.stringMatching(new RegExp(`^${field.replaceAll('.', '\\.')}[ :]`)))
    }
  })
})
