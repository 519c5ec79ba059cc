import { onTestFinished } from 'vitest'
import { DEVELOPER_APP, startEmulator } from '../src/index.ts'
import type { EmulatorOptions } from '../src/index.ts'

export const REDIRECT_URI = 'http://127.0.0.1:9/callback'
export const START = new Date('2026-11-22T10:00:00.000Z')
export const TEMPLATES = `/integrators/timeline/v3/${DEVELOPER_APP.id}/event-templates`
export const EVENTS = '/integrators/timeline/v3/events'

export type Answer = { status: number; headers: Headers; text: string; json: unknown }

/** An emulator of the test's own, with a clock that stands still until `pass` moves it. */
export async function openEmulator(options: EmulatorOptions = {}) {
  let nowMs = START.getTime()
  const emulator = await startEmulator({ now: () => new Date(nowMs), ...options })
  onTestFinished(() => emulator.close())

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(emulator.url + path, { redirect: 'manual', ...init })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('application/json') ?? false
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }

  return {
    emulator,
    send,
    pass: (seconds: number) => void (nowMs += seconds * 1000),
    get: (path: string, token?: string) => send(path, { headers: bearer(token) }),
    remove: (path: string, token?: string) => send(path, { method: 'DELETE', headers: bearer(token) }),
    post: (path: string, body: unknown, token?: string) => send(path, jsonInit('POST', body, token)),
    patch: (path: string, body: unknown, token?: string) => send(path, jsonInit('PATCH', body, token)),
    put: (path: string, body: unknown, token?: string) => send(path, jsonInit('PUT', body, token)),
    form: (path: string, fields: Record<string, string>) => send(path, { method: 'POST', body: new URLSearchParams(fields) }),
  }
}

export type Session = Awaited<ReturnType<typeof openEmulator>>

/** An emulator, and a live token with every scope for its default account. */
export async function openAccount(options: EmulatorOptions = {}) {
  const session = await openEmulator(options)
  return { ...session, token: await demoToken(session) }
}

export async function demoToken({ get }: Session, portalId = 62515, kind = 'oauth'): Promise<string> {
  return field((await get(`/_emulator/token?portal=${portalId}&kind=${kind}`)).json, 'access_token')
}

/** Goes through the consent page's redirect and the code exchange; the emulator must approve by itself. */
export async function install(
  session: Session,
  scope: string,
  portalId = 62515,
): Promise<{ accessToken: string; refreshToken: string }> {
  const code = await authorize(session, { scope }, portalId)
  const answer = await session.form('/oauth/2026-03/token', codeExchange(code))
  return { accessToken: field(answer.json, 'access_token'), refreshToken: field(answer.json, 'refresh_token') }
}

/** The code that the consent page redirects back with. */
export async function authorize(session: Session, query: Record<string, string>, portalId = 62515): Promise<string> {
  const all = new URLSearchParams({ client_id: DEVELOPER_APP.clientId, redirect_uri: REDIRECT_URI, scope: 'oauth', ...query })
  const { headers } = await session.get(`/oauth/${portalId}/authorize?${all}`)
  return new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
}

export const CLIENT = { client_id: DEVELOPER_APP.clientId, client_secret: DEVELOPER_APP.clientSecret }

export function codeExchange(code: string): Record<string, string> {
  return { grant_type: 'authorization_code', code, redirect_uri: REDIRECT_URI, ...CLIENT }
}

/** Creates a template for logins and gives its id. */
export async function loginTemplate({ post }: Session, changes: Record<string, unknown> = {}): Promise<string> {
  const { json } = await post(`${TEMPLATES}?hapikey=${DEVELOPER_APP.developerKey}`, { ...LOGIN_TEMPLATE, ...changes })
  return field(json, 'id')
}

export const LOGIN_TEMPLATE = {
  name: 'login',
  objectType: 'contacts',
  headerTemplate: 'Logged in with {{method}}',
  tokens: [
    {
      name: 'method',
      label: 'Method',
      type: 'enumeration',
      options: [
        { value: 'sso', label: 'Single sign-on' },
        { value: 'password', label: 'Password' },
      ],
    },
  ],
}

/** A text field of an answer; fails the test when there is none. */
export function field(json: unknown, name: string): string {
  if (typeof json === 'object' && json !== null && name in json) {
    const value = Object.entries(json).find(([key]) => key === name)?.[1]
    if (typeof value === 'string') return value
  }
  throw new Error(`the answer has no text "${name}": ${JSON.stringify(json)}`)
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function jsonInit(method: string, body: unknown, token: string | undefined): RequestInit {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { method, headers: { 'content-type': 'application/json', ...bearer(token) }, body: text }
}
