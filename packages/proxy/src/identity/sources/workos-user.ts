import type { LookupSource } from '../email-source.ts'
import { emailIn } from './ask-json.ts'
import { providerUser } from './provider-user.ts'
import { isText, requireOption } from './source-options.ts'

export interface WorkosUserOptions {
  /** `sk_…`, from the environment. */
  apiKey: string
  /** Default `https://api.workos.com`. */
  apiUrl?: string
  allowPrivate?: boolean
}

/**
 * The email is the one that WorkOS knows: `GET /user_management/users/{id}`.
 *
 * @throws TypeError for a missing key
 * @see https://workos.com/docs/reference/authkit/user
 */
export function workosUser({ apiKey, apiUrl = 'https://api.workos.com', allowPrivate }: WorkosUserOptions): LookupSource {
  requireOption('workosUser', isText(apiKey), 'apiKey must be set: it is on the "API keys" page, sk_…')
  return providerUser({
    name: 'workosUser',
    ...{ apiUrl, allowPrivate },
    pathOf: (subject) => (/^user_\w+$/.test(subject) ? `/user_management/users/${subject}` : undefined),
    authorize: () => apiKey,
    readEmail: (user) => emailIn(user.email, user.email_verified),
  })
}
