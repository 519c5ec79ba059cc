/** Who is asked for an email. */
export interface PersonQuery {
  site: string
  issuer?: string
  /** The session's `sub` claim; of an event that a server key sent, its `userId`. */
  subject: string
}

/** An email, and whether it is known to belong to the person; absent: nobody says. */
export interface FoundEmail {
  email: string
  emailVerified?: boolean
}

export type Found = FoundEmail | string | null | undefined

/** Finds the email of a person, or says that there is none (yet). */
export type EmailLookup = (person: PersonQuery) => Promise<Found> | Found

/** What a source has at hand for one question. */
export interface Circumstances {
  /** Aborts when the time for the answer is over. */
  signal: AbortSignal
  now: () => Date
  /** The person's session token, while somebody has it: only sources that need it are given it. */
  token?: string
}

/** A source that is ready to be asked. */
export interface OpenSource {
  find(person: PersonQuery, circumstances: Circumstances): Promise<Found> | Found
  close?(): Promise<void>
}

export interface ClaimSource {
  readonly kind: 'claim'
  readonly path: readonly string[]
}

/** A source that is asked after the event was stored. */
export interface LookupSource {
  readonly kind: 'lookup'
  /** What the log calls it. */
  readonly name: string
  readonly needsToken?: true
  readonly open: () => OpenSource
}

/** One place where a person's email may be found; a site lists them in the order in which they are tried. */
export type EmailSource = ClaimSource | LookupSource

/** A source could not be asked, or gave no answer that can be read. Its message names no person. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable'
  /** How long the source asks to be left alone. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
  }
}

/**
 * The email is a claim of the session token.
 *
 * @param path  the claim's name; several names lead into nested claims. A name with dots or slashes is one name
 */
export function claim(...path: string[]): ClaimSource {
  return { kind: 'claim', path }
}

/**
 * The email is found by a function of yours, such as a query of your user table. It is asked after the event is safely stored, at
 * most 2 seconds long; until it answers, the event waits and is asked for again.
 *
 * @param find  gives the email, `{ email, emailVerified }`, or nothing when there is none (yet)
 */
export function lookup(find: EmailLookup): LookupSource {
  return { kind: 'lookup', name: 'lookup', open: () => ({ find }) }
}
