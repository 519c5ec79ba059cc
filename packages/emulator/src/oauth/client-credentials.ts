import { timingSafeEqual } from 'node:crypto'
import { DEVELOPER_APP } from '../developer-app.ts'
import { oauthError } from './oauth-error.ts'

/** A form field that must be there, or 400 naming it. */
export function readField(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value === null || value === '') throw oauthError('BAD_REQUEST', `missing form field "${name}"`)
  return value
}

/** Checks `client_id` and `client_secret` of the body. HubSpot takes them nowhere else. */
export function checkClient(form: URLSearchParams): void {
  const clientId = readField(form, 'client_id')
  if (clientId !== DEVELOPER_APP.clientId) throw oauthError('BAD_CLIENT_ID', `no app has the client_id "${clientId}"`)
  const isSecret = isSame(readField(form, 'client_secret'), DEVELOPER_APP.clientSecret)
  if (!isSecret) throw oauthError('BAD_CLIENT_SECRET', `the client_secret does not belong to "${clientId}"`)
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}
