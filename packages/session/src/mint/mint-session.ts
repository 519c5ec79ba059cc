import { CompactSign } from 'jose'
import { checkedClock } from '../options/checked-clock.ts'
import { MAX_TOKEN_CHARACTERS } from '../token/parse-token.ts'
import { checkMintOptions, lifetimeSeconds } from './mint-options.ts'
import type { MintOptions } from './mint-options.ts'
import { signingKey } from './signing-key.ts'

/**
 * Makes a session token for a signed-in user: for sites whose own session is an opaque cookie.
 *
 * Signed with HS256 when a `secret` is given, else with RS256, ES256, ES384 or EdDSA, whichever the private key is for.
 * `iat`, `exp` and `jti` are set. What is minted here, `verifySession` accepts with the matching preset.
 * @throws TypeError (as a rejection) that names each wrong option, and never shows a secret or key.
 */
export async function mintSession(options: MintOptions): Promise<string> {
  checkMintOptions(options)
  const { algorithm, key, kid } = await signingKey(options)
  const token = await new CompactSign(new TextEncoder().encode(JSON.stringify(payloadOf(options))))
    .setProtectedHeader({ alg: algorithm, typ: 'JWT', ...(kid !== undefined && { kid }) })
    .sign(key)
  if (token.length <= MAX_TOKEN_CHARACTERS) return token
  const size = `${token.length} characters, at most ${MAX_TOKEN_CHARACTERS}`
  throw new TypeError(`mintSession: the token has ${size}; shorten \`claims\``)
}

function payloadOf(options: MintOptions): Record<string, unknown> {
  const { newId = () => crypto.randomUUID() } = options
  const issuedAt = Math.floor(checkedClock('mintSession', options.now)().getTime() / 1000)
  // JSON.stringify leaves out the members that are undefined.
  return {
    ...options.claims,
    iss: options.issuer,
    aud: options.audience,
    sub: options.sub,
    email: options.email,
    email_verified: options.emailVerified,
    iat: issuedAt,
    exp: issuedAt + lifetimeSeconds(options.ttl),
    jti: newId(),
  }
}
