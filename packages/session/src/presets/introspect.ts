import { askEndpoint } from '../introspect/ask-endpoint.ts'
import { rememberedAnswers } from '../introspect/remembered-answers.ts'
import { checkOptions, refuseProblems } from '../options/check-options.ts'
import { EXACT_TEXT, FUNCTION } from '../options/text-rules.ts'
import { KEY_SET_URL } from '../options/url-rule.ts'
import { buildPreset } from './build-preset.ts'
import { claimPath, COMMON_RULES, PRESET_RULES } from './preset-options.ts'
import type { CommonOptions } from './preset-options.ts'
import type { SessionPreset } from './session-preset.ts'

export interface IntrospectOptions extends CommonOptions {
  /** Who is asked: an introspection endpoint (RFC 7662), or an address of your own that answers who is signed in. */
  url: string
  /**
   * How the token is handed over. 'form' (the default) posts it as RFC 7662 says, and the answer must say `active: true`.
   * 'bearer' and 'cookie' get your own address with it, as a browser would; the answer is 200 with JSON, or else nobody.
   */
  send?: 'form' | 'bearer' | 'cookie'
  /** What the endpoint knows us by, for 'form'; both or neither. */
  clientId?: string
  clientSecret?: string
  /** Where the subject is in the answer, one name per level. A whole number counts too. Default `['sub']`. */
  subject?: readonly string[]
  /** How long an answer is believed, in seconds, 1 to 300: this long a session that was ended goes on. Default 60. */
  cacheSeconds?: number
  /** The exact `iss` and `aud` of the answer. Without them, they are not checked. */
  issuer?: string
  audience?: string
  /** What asks. Default: the runtime's `fetch`. */
  fetch?: typeof globalThis.fetch
}

const DEFAULT_CACHE_SECONDS = 60
const MAX_CACHE_SECONDS = 300
const SENDS: readonly unknown[] = ['form', 'bearer', 'cookie']
const RULES = {
  ...COMMON_RULES,
  url: { ...KEY_SET_URL, required: true },
  send: { expected: "'form', 'bearer' or 'cookie'", accepts: (value: unknown) => SENDS.includes(value) },
  clientId: { ...EXACT_TEXT, loosens: true },
  clientSecret: { ...EXACT_TEXT, secret: true, loosens: true },
  subject: claimPath('the subject', 'sub'),
  cacheSeconds: {
    expected: `a number of seconds from 1 to ${MAX_CACHE_SECONDS}`,
    accepts: (value: unknown) => typeof value === 'number' && value >= 1 && value <= MAX_CACHE_SECONDS,
  },
  issuer: PRESET_RULES.issuer,
  audience: PRESET_RULES.audience,
  fetch: FUNCTION,
} as const

/**
 * Opaque sessions (Laravel Sanctum, Rails, PHP, Express, a database session of Auth.js): somebody who knows the token is
 * asked. Each answer is remembered under the token's digest, 10,000 of them; at most 32 questions are open at a time, each for
 * 5 seconds. While the endpoint does not answer, what is remembered goes on to its end, and the rest is
 * `SESSION_KEYS_UNAVAILABLE`.
 * @throws TypeError that names each wrong option, and never shows the secret.
 */
export function introspect(options: IntrospectOptions): SessionPreset {
  checkOptions('introspect', options, RULES)
  refuseProblems('introspect', problemsBetween(options))
  const url = new URL(options.url)
  const { send = 'form', cacheSeconds = DEFAULT_CACHE_SECONDS } = options
  const answerTo = rememberedAnswers({ ask: askEndpoint({ ...options, url, send }), cacheSeconds })
  return buildPreset(options, {
    name: 'introspect',
    keySource: `${url.origin}${url.pathname}`,
    issuers: [options.issuer ?? []].flat(),
    algorithms: [],
    subject: { path: options.subject ?? ['sub'], wholeNumbers: true },
    proof: { form: 'opaque', prove: ({ compact }, world) => answerTo(compact, world) },
  })
}

function problemsBetween({ send = 'form', cookie, clientId, clientSecret }: IntrospectOptions): string[] {
  const problems: string[] = []
  if (send === 'cookie' && cookie === undefined) problems.push("with `send: 'cookie'`, `cookie` must name the cookie")
  const isHalf = (clientId === undefined) !== (clientSecret === undefined)
  if (isHalf) problems.push('expected both `clientId` and `clientSecret`, or neither')
  if (send !== 'form' && clientId !== undefined) problems.push("`clientId` and `clientSecret` belong to `send: 'form'`")
  return problems
}
