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

/** Whose sessions are refused: of one person, one sign-in or one token; '' means any site, any issuer. */
export interface Denial {
  kind: 'sub' | 'sid' | 'jti'
  value: string
  site: string
  issuer: string
  /** Milliseconds since 1970; undefined: for good. Past: allowed again. */
  until?: number
}
