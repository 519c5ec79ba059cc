/** Who is asked for an email. */
export interface PersonQuery {
  site: string
  issuer?: string
  /** The session's `sub` claim; of an event that a server key sent, its `userId`. */
  subject: string
}

/** Finds the email of a person, or says that there is none (yet). */
export type EmailLookup = (person: PersonQuery) => Promise<string | undefined> | string | undefined

/** One place where a person's email may be found; a site lists them in the order in which they are tried. */
export type EmailSource = { readonly kind: 'claim'; readonly path: readonly string[] } | { readonly kind: 'lookup'; readonly find: EmailLookup }

/**
 * The email is a claim of the session token.
 *
 * @param path  the claim's name; several names lead into nested claims. A name with dots or slashes is one name
 */
export function claim(...path: string[]): EmailSource {
  return { kind: 'claim', path }
}

/**
 * The email is found by a function of yours, such as a query of your user table. It is asked after the event is safely stored, at
 * most 2 seconds long; until it answers, the event waits and is asked for again.
 */
export function lookup(find: EmailLookup): EmailSource {
  return { kind: 'lookup', find }
}
