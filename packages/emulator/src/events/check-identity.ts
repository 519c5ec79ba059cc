import { validationError } from '../http/hubspot-error.ts'
import { describe } from '../http/read-fields.ts'
import type { ObjectType } from './object-types.ts'

/** Whom an event is about, as sent. */
export type Identity = { email: string | undefined; utk: string | undefined; objectId: string | undefined }

const MAX_EMAIL_CHARS = 254
const EMAIL = /^[^\s@,;<>()"]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$/

/** Refuses, with 400, an event that names nobody, or somebody in a way its kind of record has not. */
export function checkIdentity({ email, utk, objectId }: Identity, objectType: ObjectType): void {
  if (objectType !== 'contacts' && !objectId) throw validationError(`"objectId" is required for events on ${objectType}`)
  if (!email && !utk && !objectId) throw validationError('one of "email", "utk" or "objectId" is required to find the contact')
  if (email && !isEmail(email)) throw validationError(`"email" ${describe(email)} is not a valid email address`)
}

/** True for a mailbox at a domain with at least one dot, up to 254 characters. */
export function isEmail(text: string): boolean {
  return text.length <= MAX_EMAIL_CHARS && EMAIL.test(text)
}
