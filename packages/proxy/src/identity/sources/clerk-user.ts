import type { Found, LookupSource } from '../email-source.ts'
import { emailIn } from './ask-json.ts'
import type { JsonAnswer } from './ask-json.ts'
import { providerUser } from './provider-user.ts'
import { isText, requireOption } from './source-options.ts'

export interface ClerkUserOptions {
  /** `sk_live_…`, from the environment. */
  secretKey: string
  /** Default `https://api.clerk.com`. */
  apiUrl?: string
  allowPrivate?: boolean
}

/**
 * The email is the primary one that Clerk's Backend API knows: `GET /v1/users/{id}`.
 *
 * Clerk limits requests for the whole instance (100 in 10 seconds in development, 1000 in production) and says with `Retry-After` when to
 * come back.
 * @throws TypeError for a missing key
 * @see https://clerk.com/docs/reference/backend-api
 */
export function clerkUser({ secretKey, apiUrl = 'https://api.clerk.com', allowPrivate }: ClerkUserOptions): LookupSource {
  requireOption('clerkUser', isText(secretKey), 'secretKey must be set: it is on the "API keys" page, sk_live_…')
  return providerUser({
    name: 'clerkUser',
    ...{ apiUrl, allowPrivate },
    pathOf: (subject) => (/^user_\w+$/.test(subject) ? `/v1/users/${subject}` : undefined),
    authorize: () => secretKey,
    readEmail: primaryEmail,
  })
}

function primaryEmail({ email_addresses: addresses, primary_email_address_id: primary }: JsonAnswer['body']): Found {
  if (!Array.isArray(addresses)) return undefined
  const address: unknown = addresses.find((each) => typeof primary === 'string' && Reflect.get(Object(each), 'id') === primary)
  const verification: unknown = Reflect.get(Object(address), 'verification')
  return emailIn(Reflect.get(Object(address), 'email_address'), Reflect.get(Object(verification), 'status') === 'verified')
}
