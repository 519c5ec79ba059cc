import { describe, expect, it } from 'vitest'
import { authjs, clerk, readSessionToken, stytch, supabase, verifySession } from '../../src/index.ts'
import { forgeToken } from '../support/forge-token.ts'
import { after } from '../support/moment.ts'
import { PROVIDERS } from '../support/providers.ts'
import { AUTHJS, NEXT_AUTH } from '../support/providers/encrypted.ts'

const URL = 'https://abcdefgh.supabase.co'
const bySupabase = supabase({ url: URL, cookie: true })
const NAME = 'sb-abcdefgh-auth-token'
const session = (accessToken: unknown, filler = '') =>
  JSON.stringify({ access_token: accessToken, token_type: 'bearer', refresh_token: 'r', user: { note: `Ünïcode ${filler}` } })
const inBase64 = (text: string) => `base64-${Buffer.from(text).toString('base64url')}`

/** Spreads a value over cookies as the providers' libraries do. */
function cookies(name: string, value: string, size = 3180): string {
  if (value.length <= size) return `${name}=${value}`
  const chunks = Array.from({ length: Math.ceil(value.length / size) }, (_, index) => value.slice(index * size).slice(0, size))
  return chunks.map((chunk, index) => `${name}.${index}=${chunk}`).join('; ')
}
const read = (cookie: string, preset = bySupabase) => readSessionToken({ headers: { cookie } }, preset)

describe('the cookie of Supabase', () => {
  it.each([
    ['one cookie', cookies(NAME, inBase64(session('abc')))],
    ['several cookies', cookies(NAME, inBase64(session('abc', 'x'.repeat(9000))))],
    ['several cookies in any order', cookies(NAME, inBase64(session('abc', 'x'.repeat(9000)))).split('; ').reverse().join('; ')],
    ['one cookie that is percent-encoded', cookies(NAME, encodeURIComponent(session('abc')))],
    ['one cookie among those of other projects', `sb-other-auth-token=x; ${cookies(NAME, inBase64(session('abc')))}`],
    ['one cookie, with a chunk of an older one', `${cookies(NAME, inBase64(session('abc')))}; ${NAME}.1=old`],
    [
      'several cookies, with an older chunk after a gap',
      `${cookies(NAME, inBase64(session('abc', 'x'.repeat(9000))))}; ${NAME}.9=old`,
    ],
  ])('is read from %s', (_, cookie) => {
    expect(read(cookie)).toEqual({ token: 'abc', from: 'cookie', cookie: NAME })
  })

  it.each([
    ['no JSON', cookies(NAME, inBase64('nonsense'))],
    [
      'the parts of two sessions',
      `${NAME}.0=${inBase64(session('abc')).slice(0, 40)}; ${NAME}.1=${inBase64(session('def')).slice(30)}`,
    ],
    ['a session without access token', cookies(NAME, inBase64(session(undefined)))],
    ['an access token that is no text', cookies(NAME, inBase64(session({ a: 1 })))],
    ['bytes that are not UTF-8', `${NAME}=base64-${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}`],
    ['a percent sign without a number', `${NAME}=%zz`],
    ['null', cookies(NAME, inBase64('null'))],
  ])('is refused when it holds %s', (_, cookie) => {
    expect(() => read(cookie)).toThrow(expect.objectContaining({ code: 'SESSION_INVALID', reason: 'cookie_malformed' }))
  })

  it('is refused above 32,768 characters, however it is spread', () => {
    const huge = cookies(NAME, inBase64(session('abc', 'x'.repeat(30_000))))
    expect(() => read(huge)).toThrow(expect.objectContaining({ reason: 'too_large' }))
  })

  it('is refused when a chunk was sent twice', () => {
    const twice = `${cookies(NAME, inBase64(session('abc', 'x'.repeat(9000))))}; ${NAME}.1=x`
    expect(() => read(twice)).toThrow(expect.objectContaining({ reason: 'several_tokens' }))
  })

  it('is not read when the preset does not name it', () => {
    const attempt = () => read(cookies(NAME, inBase64(session('abc'))), supabase({ url: URL }))
    expect(attempt).toThrow(expect.objectContaining({ code: 'SESSION_MISSING' }))
  })
})

describe('the cookie of Auth.js', () => {
  const secret = AUTHJS.secret
  const written = (name: string) => PROVIDERS.find((provider) => provider.name === name)?.signer
  const token = (name: string, filler = '') => {
    const signer = written(name)
    if (!signer) throw new Error(`no provider is called ${name}`)
    return forgeToken(signer, { payload: { ...signer.good?.claims, filler } })
  }
  const verify = (cookie: string, preset = authjs({ secret })) =>
    verifySession({ headers: { cookie } }, preset, { now: after(0) })

  it.each([
    ['one cookie', ''],
    ['three cookies', 'x'.repeat(6000)],
  ])('is read from %s', async (_, filler) => {
    const cookie = cookies(AUTHJS.cookie, token('authjs', filler), 3936)
    await expect(verify(`theme=dark; ${cookie}`)).resolves.toMatchObject({ subject: 'ada', email: 'ada@example.com' })
  })

  it('of version 4 has another name and is encrypted in another way', async () => {
    const cookie = `${NEXT_AUTH.cookie}=${token('authjs, version 4')}`
    await expect(verify(cookie, authjs({ secret, version: 4 }))).resolves.toMatchObject({ subject: 'ada' })
    await expect(verify(cookie)).rejects.toMatchObject({ code: 'SESSION_MISSING' })
  })

  it('has no prefix on a site without https', () => {
    expect(authjs({ secret, secure: false }).cookie).toBe('authjs.session-token')
    expect(authjs({ secret, secure: false, version: 4 }).cookie).toBe('next-auth.session-token')
    expect(authjs({ secret, cookie: 'mine' }).cookie).toBe('mine')
  })

  it('is refused above 16,384 characters', async () => {
    const cookie = cookies(AUTHJS.cookie, token('authjs', 'x'.repeat(13_000)), 3936)
    await expect(verify(cookie)).rejects.toMatchObject({ reason: 'too_large' })
  })
})

describe('cookies with a usual name', () => {
  const PROJECT = 'project-test-12345678-1234-4123-8123-123456789abc'
  it.each([
    [clerk({ frontendApi: 'clerk.example.com', cookie: true }), '__session'],
    [clerk({ frontendApi: 'clerk.example.com', cookie: '__session_x' }), '__session_x'],
    [clerk({ frontendApi: 'clerk.example.com' }), undefined],
    [stytch({ projectId: PROJECT, cookie: true }), 'stytch_session_jwt'],
    [supabase({ url: 'http://127.0.0.1:54321', cookie: true }), 'sb-127-auth-token'],
  ])('%#: true stands for it, a name for itself, and without either no cookie is read', (preset, cookie) => {
    expect(preset.cookie).toBe(cookie)
  })
})
