/** Whom a row is about. */
export interface PersonKey {
  account: number
  site: string
  subject: string
}

/** What is remembered of a person. */
export interface Identity {
  email: string
  /** When somebody last said so, milliseconds since 1970. */
  saidAt: number
}

/** A person of a site, whichever of its HubSpot accounts their events went to. */
export type PersonOfSite = Omit<PersonKey, 'account'>

/** What is remembered of a person besides their events. */
export interface Remembered {
  emails: (Identity & { account: number })[]
  moments: RememberedMoment[]
}

/** When an event (with one value of a property) happened first and last, and how often. */
export interface RememberedMoment {
  account: number
  event: string
  /** The value; '' where it is kept for the person as a whole. */
  key: string
  /** Milliseconds since 1970. */
  firstAt: number
  lastAt: number
  count: number
}

/** Whose sessions are refused: of one person, one sign-in or one token; '' means any site, any issuer. */
export interface Denial {
  kind: 'sub' | 'sid' | 'jti'
  value: string
  site: string
  issuer: string
  /** Milliseconds since 1970; undefined: for good. Past: allowed again. */
  until?: number
}
