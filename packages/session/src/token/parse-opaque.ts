import { SessionError } from '../session-error.ts'
import { checkLength } from './check-length.ts'

/** A token that says nothing to us: only whoever made it can tell whose it is. */
export interface OpaqueToken {
  readonly form: 'opaque'
  readonly compact: string
}

const MIN_OPAQUE_CHARACTERS = 16
const MAX_OPAQUE_CHARACTERS = 4096
// What a cookie value may consist of (RFC 6265, 4.1.1); Bearer tokens are a part of it (RFC 6750, 2.1). Nothing here can
// end a header line or add a second cookie where the token is handed on.
const COOKIE_OCTETS = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+$/

/** @throws SessionError `too_small`, `too_large`, `token_malformed` */
export function parseOpaque(compact: string): OpaqueToken {
  checkLength(compact, MIN_OPAQUE_CHARACTERS, MAX_OPAQUE_CHARACTERS)
  if (!COOKIE_OCTETS.test(compact)) throw new SessionError('token_malformed')
  return { form: 'opaque', compact }
}
