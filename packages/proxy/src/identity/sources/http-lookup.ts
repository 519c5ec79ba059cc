import { createHmac, randomUUID } from 'node:crypto'
import { guardedFetch } from '../guarded-fetch/guarded-fetch.ts'
import type { GuardOptions } from '../guarded-fetch/guarded-fetch.ts'
import { SourceUnavailable } from '../email-source.ts'
import type { Circumstances, Found, LookupSource, PersonQuery } from '../email-source.ts'
import { askJson, emailIn } from './ask-json.ts'
import { isHttpUrl, requireOption } from './source-options.ts'

const PREFIX = 'whsec_'
const MIN_SECRET_BYTES = 24

export interface HttpLookupOptions extends Pick<GuardOptions, 'allowPrivate' | 'resolve'> {
  /** An address of yours. https; with `allowPrivate` also private addresses, and those by http too. */
  url: string
  /** `whsec_` and the base64 of at least 24 random bytes, from the environment. */
  secret: string
}

/**
 * The email is what an address of yours answers: `POST { iss, sub, site }`, signed as Standard Webhooks says, so that its libraries verify
 * it. Answer 200 with `{ "email": "…", "emailVerified": true }`, or 404 when there is nobody of that name.
 *
 * Guarded against being led elsewhere: see {@link guardedFetch}. 64 KB, 2 seconds, no redirects.
 * @throws TypeError for options that cannot be used; never shows the secret
 * @see https://www.standardwebhooks.com
 */
export function httpLookup({ url, secret, ...guard }: HttpLookupOptions): LookupSource {
  requireOption('httpLookup', isHttpUrl(url) && (new URL(url).protocol === 'https:' || guard.allowPrivate === true), 'url must be an https address (http for private ones, with allowPrivate: true)')
  const key = Buffer.from(typeof secret === 'string' && secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '', 'base64')
  requireOption('httpLookup', key.length >= MIN_SECRET_BYTES, `secret must be ${PREFIX} and the base64 of at least ${MIN_SECRET_BYTES} random bytes: echo ${PREFIX}$(openssl rand -base64 32)`)
  const fetch = guardedFetch(guard)

  async function find({ issuer, subject, site }: PersonQuery, { signal, now }: Circumstances): Promise<Found> {
    const body = JSON.stringify({ iss: issuer, sub: subject, site })
    const headers = { 'content-type': 'application/json', ...signatureOf(body, key, now()) }
    const answer = await askJson({ fetch, url, what: 'httpLookup', now, init: { method: 'POST', headers, body, signal } })
    if (answer.status === 200) return emailIn(answer.body.email, answer.body.emailVerified ?? answer.body.email_verified)
    if (answer.status === 404 || answer.status === 204) return undefined
    throw new SourceUnavailable(`httpLookup answered ${answer.status}`)
  }
  return { kind: 'lookup', name: 'httpLookup', open: () => ({ find }) }
}

function signatureOf(body: string, key: Buffer, now: Date): Record<string, string> {
  const id = `msg_${randomUUID()}`
  const timestamp = String(Math.floor(now.getTime() / 1_000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
