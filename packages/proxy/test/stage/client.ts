import type { Config } from '../../src/config.ts'
import type { Audit } from '../../src/outbox/store.ts'
import { ERRORS } from '../../src/errors.ts'
import type { ErrorCode } from '../../src/errors.ts'
import { expect } from 'vitest'
import { until } from './until.ts'

/** An answer of the proxy, its body read. */
export interface Reply {
  status: number
  headers: Headers
  text: string
  /** The body as JSON, `{}` when it is none; tests say what they expect of it. */
  json: ReplyJson
}

/** All that a reply of the proxy may hold. */
export interface ReplyJson {
  results?: { messageId: string; status: string; error?: { code: string; message: string } }[]
  type?: string
  title?: string
  status?: number | string
  code?: string
  detail?: string
  remedy?: string
  requestId?: string
  [other: string]: unknown
}

/** An event as HubSpot's emulator shows it. */
export interface TimelineEvent {
  id: string
  email: string
  timestamp: string
  tokens: Record<string, string>
  templateName: string
  header: string
  detail: string
  writes: number
  extraData?: unknown
}

interface Running {
  server: { url: string; parts: { store: { audit(): Promise<Audit> }; world: { now: () => Date } } }
  emulator: { url: string }
  config: Config
}

export type Client = ReturnType<typeof createClient>

/** What a page, a server and a person who looks into HubSpot would do. */
export function createClient({ server, emulator, config }: Running) {
  async function send(path: string, init: RequestInit = {}): Promise<Reply> {
    const answer = await fetch(server.url + path, { redirect: 'manual', ...init })
    const text = await answer.text()
    const isJson = /json/.test(answer.headers.get('content-type') ?? '')
    return { status: answer.status, headers: answer.headers, text, json: isJson && text ? JSON.parse(text) : {} }
  }

  /** A session token, by the server's clock. */
  async function mint(
    person: { sub: string; email?: string; ttl?: string; emailVerified?: boolean; now?: () => Date } = {
      sub: 'ada',
      email: 'ada@example.com',
    },
  ): Promise<string> {
    const preset = Object.values(config.sites)[0]?.session.find((each) => each.mint)
    if (!preset?.mint) throw new Error('no site of this stack can mint')
    return preset.mint({ now: server.parts.world.now, ...person })
  }

  /** Posts JSON (or text as it is) for Ada, unless told otherwise. */
  async function post(
    path: string,
    body: unknown,
    { token, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const authorization = headers.authorization ?? `Bearer ${token ?? (await mint())}`
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return send(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers, authorization }, body: text })
  }

  async function emulated<Answer>(path: string, method = 'GET', body?: object): Promise<Answer> {
    const init = body ? { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : { method }
    const text = await (await fetch(emulator.url + path, init)).text()
    return JSON.parse(text || 'null')
  }

  const timelineOf = (email: string) => emulated<TimelineEvent[]>(`/_emulator/events?email=${encodeURIComponent(email)}`)

  return {
    ...{ send, mint, post, emulated, timelineOf },
    audit: () => server.parts.store.audit(),
    track: (messages: object | object[], options: { token?: string; headers?: Record<string, string> } = {}) =>
      Array.isArray(messages) ? post('/v1/batch', { batch: messages }, options) : post('/v1/track', messages, options),
    /** Waits until a person's timeline has this many events; newest first. */
    delivered: (email: string, events: number) =>
      until(`${events} events of ${email}`, async () => {
        const timeline = await timelineOf(email)
        return timeline.length >= events && timeline
      }),
    /** Makes the emulator fail as told; see its fault controls. */
    fail: (fault: object) => emulated<unknown>('/_emulator/faults', 'POST', fault),
  }
}

/** Checks that a reply is the RFC 9457 body of this code, complete, and that it names what was wrong. */
export function expectProblem(reply: Reply, code: ErrorCode, names: string | RegExp = ''): void {
  expect(reply.json).toMatchObject({ code, status: ERRORS[code].status, title: ERRORS[code].says, remedy: ERRORS[code].remedy })
  expect(reply.status).toBe(ERRORS[code].status)
  expect(reply.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  expect(reply.json.type).toBe(`https://trackline.dev/errors#${code.toLowerCase()}`)
  expect(reply.json.requestId).toMatch(/^[0-9a-f-]{36}$/)
  expect(reply.json.detail).toMatch(names)
}

/** One that says nothing of waiting but is a 429 or 503 would leave a client to guess. */
export function expectRetryAfter(reply: Reply): void {
  expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
}
