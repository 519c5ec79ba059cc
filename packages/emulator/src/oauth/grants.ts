/** What the consent page was asked for and a person allowed. */
export type Consent = {
  portalId: number
  scopes: readonly string[]
  redirectUri: string
  codeChallenge: string | undefined
}

/** One install's refresh token. It never expires, and is rotated where the settings say so; it ends by revocation or uninstall. */
export type Grant = { refreshToken: string; portalId: number; scopes: readonly string[]; isRevoked: boolean }

export type AccessToken = {
  token: string
  /** An install's, or one that an account made for itself: those never expire. */
  kind: 'oauth' | 'private-app'
  portalId: number
  scopes: readonly string[]
  expiresAt: Date
  isRevoked: boolean
}

type Code = { consent: Consent; expiresAt: number }

type GrantsOptions = {
  now: () => Date
  newSecret: (bytes: number) => string
  settings: { accessTokenSeconds: number; rotateRefreshTokens: boolean }
}

const CODE_LIFETIME_MS = 60_000
// HubSpot's access tokens have grown past 300 characters; a column of 255 should fail here first.
const ACCESS_TOKEN_BYTES = 240
const CODE_BYTES = 24
const PRIVATE_APP_TOKEN_BYTES = 27
// The last moment a Date can stand for.
const NEVER_MS = 8_640_000_000_000_000
const REFRESH_TOKEN_BYTES = 27
// Codes nobody redeemed, and expired tokens (remembered to say how long ago), are forgotten past this many.
const MAX_REMEMBERED = 10_000

export type Grants = ReturnType<typeof createGrants>

/** Holds authorization codes, refresh tokens and access tokens. */
export function createGrants({ now, newSecret, settings }: GrantsOptions) {
  const codes = new Map<string, Code>()
  const grants = new Map<string, Grant>()
  const accessTokens = new Map<string, AccessToken>()

  /** Makes a code that can be redeemed once within 60 seconds. */
  function issueCode(consent: Consent): string {
    const code = `na1-${newSecret(CODE_BYTES)}`
    codes.set(code, { consent, expiresAt: now().getTime() + CODE_LIFETIME_MS })
    forgetOldest(codes)
    return code
  }

  /** Takes a code out of use and gives what it stands for; undefined when unknown, used or expired. */
  function redeemCode(code: string): Consent | undefined {
    const found = codes.get(code)
    codes.delete(code)
    return found && found.expiresAt > now().getTime() ? found.consent : undefined
  }

  function openGrant(portalId: number, scopes: readonly string[]): Grant {
    const grant = { refreshToken: `na1-${newSecret(REFRESH_TOKEN_BYTES)}`, portalId, scopes, isRevoked: false }
    grants.set(grant.refreshToken, grant)
    return grant
  }

  function issueAccess({ portalId, scopes }: Pick<Grant, 'portalId' | 'scopes'>): AccessToken {
    const expiresAt = new Date(now().getTime() + settings.accessTokenSeconds * 1000)
    return remember({ token: newSecret(ACCESS_TOKEN_BYTES), kind: 'oauth', portalId, scopes, expiresAt, isRevoked: false })
  }

  function issuePrivateApp({ portalId, scopes }: Pick<Grant, 'portalId' | 'scopes'>): AccessToken {
    const token = `pat-na1-${newSecret(PRIVATE_APP_TOKEN_BYTES)}`
    return remember({ token, kind: 'private-app', portalId, scopes, expiresAt: new Date(NEVER_MS), isRevoked: false })
  }

  function remember(access: AccessToken): AccessToken {
    accessTokens.set(access.token, access)
    forgetOldest(accessTokens)
    return access
  }

  function findRefresh(token: string): Grant | undefined {
    const grant = grants.get(token)
    return grant?.isRevoked ? undefined : grant
  }

  /** What a renewal goes on with: the same grant, or, where refresh tokens are rotated, one with a new token. */
  function renewGrant(grant: Grant): Grant {
    if (!settings.rotateRefreshTokens) return grant
    grant.isRevoked = true
    return openGrant(grant.portalId, grant.scopes)
  }

  /** Ends a refresh token or an access token. Access tokens that a refresh token issued live on until they expire. */
  function revoke(token: string): void {
    const found = grants.get(token) ?? accessTokens.get(token)
    if (found) found.isRevoked = true
  }

  /** Ends every token the app holds for the account. */
  function uninstall(portalId: number): void {
    const issued = [...accessTokens.values()].filter(({ kind }) => kind === 'oauth')
    for (const held of [...grants.values(), ...issued]) if (held.portalId === portalId) held.isRevoked = true
  }

  return {
    issueCode,
    redeemCode,
    openGrant,
    renewGrant,
    issueAccess,
    issuePrivateApp,
    findRefresh,
    revoke,
    uninstall,
    findAccess: (token: string) => accessTokens.get(token),
    /** Installs that are alive, oldest first. */
    live: () => [...grants.values()].filter((grant) => !grant.isRevoked),
  }
}

// A Map keeps the order in which its keys came.
function forgetOldest(remembered: Map<string, unknown>) {
  const oldest = remembered.keys().next().value
  if (oldest !== undefined && remembered.size > MAX_REMEMBERED) remembered.delete(oldest)
}

/** Whole seconds until an access token expires; 0 when it has. */
export function secondsLeft({ expiresAt }: AccessToken, now: Date): number {
  return Math.max(0, Math.round((expiresAt.getTime() - now.getTime()) / 1000))
}
