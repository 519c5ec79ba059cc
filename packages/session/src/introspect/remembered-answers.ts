import { base64url } from 'jose'
import type { Proof, World } from '../presets/session-preset.ts'
import { SessionError } from '../session-error.ts'
import type { Claims } from '../token/strict-json.ts'
import type { Ask } from './ask-endpoint.ts'

export interface Remembering {
  readonly ask: Ask
  /** How long an answer that names somebody is believed. */
  readonly cacheSeconds: number
}

type Answer = { readonly claims: Claims } | { readonly refusal: SessionError }
type Remembered = Answer & { readonly askedAtMs: number; readonly lifeMs: number }

const MAX_REMEMBERED = 10_000
const MAX_OPEN_QUESTIONS = 32
/** Short, since a token that is not known yet may be a moment later. */
const REFUSAL_LIFE_MS = 10_000

/**
 * Asks once for each token, however many requests carry it, and remembers the answers by the token's digest: the longest ago
 * remembered goes first. What failed to be asked is not remembered.
 */
export function rememberedAnswers({ ask, cacheSeconds }: Remembering): (token: string, world: Pick<World, 'now' | 'fetch'>) => Promise<Proof> {
  const answers = new Map<string, Remembered>()
  const open = new Map<string, Promise<Remembered>>()

  async function fresh(digest: string, token: string, world: Pick<World, 'now' | 'fetch'>): Promise<Remembered> {
    if (open.size >= MAX_OPEN_QUESTIONS) {
      throw new SessionError('keys_unavailable', { expected: `at most ${MAX_OPEN_QUESTIONS} questions at a time` })
    }
    const question = answerTo(token, world).finally(() => open.delete(digest))
    open.set(digest, question)
    const answer = await question
    answers.delete(digest)
    answers.set(digest, answer)
    for (const oldest of answers.keys()) if (answers.size > MAX_REMEMBERED) answers.delete(oldest)
    return answer
  }

  async function answerTo(token: string, { now, fetch }: Pick<World, 'now' | 'fetch'>): Promise<Remembered> {
    const askedAtMs = now().getTime()
    try {
      return { claims: await ask(token, fetch), askedAtMs, lifeMs: cacheSeconds * 1000 }
    } catch (error) {
      if (!(error instanceof SessionError) || error.code === 'SESSION_KEYS_UNAVAILABLE') throw error
      return { refusal: error, askedAtMs, lifeMs: REFUSAL_LIFE_MS }
    }
  }

  return async (token, world) => {
    const digest = await digestOf(token)
    const known = answers.get(digest)
    const answer = known && isFresh(known, world.now()) ? known : await (open.get(digest) ?? fresh(digest, token, world))
    if ('refusal' in answer) throw answer.refusal
    return { claims: answer.claims, keepUntil: new Date(answer.askedAtMs + answer.lifeMs) }
  }
}

function isFresh({ askedAtMs, lifeMs }: Remembered, now: Date): boolean {
  // Either way: a clock that was set back makes an answer no younger.
  return Math.abs(now.getTime() - askedAtMs) < lifeMs
}

async function digestOf(token: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))))
}
