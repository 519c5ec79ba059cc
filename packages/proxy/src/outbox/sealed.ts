/** A grant as it lies in the store: what is secret in it is sealed. */
export interface SealedGrant {
  account: number
  /** Raised by each save; a save under another version changes nothing. */
  version: number
  state: 'connected' | 'reconnect' | 'disconnected'
  /** '' when the state is `disconnected`: nothing is left of the tokens. */
  sealed: string
  /** Milliseconds since 1970. */
  refreshAt: number
  expiresAt: number
  /** Why the state is `reconnect`. */
  problem?: string
}

/** Something secret in the store, whatever it is: what rotates and proves the keys needs to know no more. */
export interface SealedRecord {
  kind: 'grant' | 'install-state' | 'signing-key'
  /** The account's number, the ticket's digest, or the key's id. */
  id: string
  /** A grant's version, which its sealed text is bound to; 0 for the others. */
  version: number
  sealed: string
}

/** A one-time right, kept as the digest of the secret that its holder shows. */
export interface Ticket {
  kind: 'install-link' | 'install-state'
  digest: string
  site: string
  /** Sealed; install states only: the PKCE verifier. */
  sealed?: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** A key that signs receipts, its private half sealed. The newest signs; all are published. */
export interface SigningKey {
  kid: string
  sealed: string
  /** The public half, a JWK as JSON. */
  published: string
  /** Milliseconds since 1970. */
  addedAt: number
}
