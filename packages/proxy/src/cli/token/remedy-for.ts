import type { SessionError, SessionReason } from '@trackline/session'

/** The option of each preset that decides which issuer it takes; `issuer` where none is named. */
const ISSUER_OPTIONS: Readonly<Record<string, string>> = {
  auth0: 'domain', clerk: 'frontendApi', supabase: 'url', firebase: 'projectId', cognito: 'userPoolId', workos: 'clientId', stytch: 'projectId', betterAuth: 'baseURL',
}
const AUDIENCE_OPTIONS: Readonly<Record<string, string>> = { cognito: 'clientId', firebase: 'projectId', stytch: 'projectId' }
const PARTY_OPTIONS: Readonly<Record<string, string>> = { clerk: 'authorizedParties' }
const SECRET_PRESETS = ['sharedSecret', 'simplejwt', 'deviseJwt', 'authjs']

type Remedy = (error: SessionError, preset: string) => string

const OTHER_TOKEN: Remedy = (_, preset) => `send the token that ${page(preset)} names: this one was made for something else`
const MANGLED: Remedy = () => 'paste the whole token as it was sent, from the Authorization header or the cookie; if it is whole, its maker must be mended'

const REMEDIES: Partial<Record<SessionReason, Remedy>> = {
  expired: () => 'nothing in the configuration: let the page fetch a fresh token at send time (data-session, or the session function)',
  not_yet_valid: () => 'set the clock of the machine that makes the tokens, or of this one: they differ by more than 30 seconds',
  issuer_mismatch: ({ got }, preset) => `if you trust the issuer ${got ?? ''}, set ${option(preset, ISSUER_OPTIONS[preset] ?? 'issuer')} to match it, character by character; else send a token of the expected one`,
  // Supabase's audience is the same for everybody who is signed in.
  audience_mismatch: (error, preset) => (preset === 'supabase' ? OTHER_TOKEN(error, preset) : otherAudience(error, preset)),
  party_mismatch: ({ got }, preset) => `add ${got ?? 'the app'} with ${option(preset, PARTY_OPTIONS[preset] ?? 'clientId')}, or send a token of the configured app`,
  alg_not_allowed: ({ expected, got }) => `have the provider sign with ${expected ?? 'an accepted algorithm'} (its setting for the signing algorithm), or configure the preset for ${got ?? 'this one'}`,
  typ_not_allowed: OTHER_TOKEN,
  kind_not_allowed: OTHER_TOKEN,
  signature_mismatch: (_, preset) => SECRET_PRESETS.includes(preset)
    ? `set ${option(preset, 'secret')} to the secret that signs the tokens, byte by byte`
    : 'nothing here if the token was changed on its way; else the provider signs with a key that it does not publish under this key id',
  decryption_failed: (_, preset) => `set ${option(preset, 'secret')} to the site's own AUTH_SECRET, and check that the cookie's name is the site's`,
  unknown_kid: (_, preset) => `check ${option(preset, preset === 'jwks' ? 'url' : (ISSUER_OPTIONS[preset] ?? 'issuer'))}: the token's key is not in that key set, so another tenant or environment made it`,
  keys_unavailable: () => 'open the address of the key set from this machine: a firewall, a proxy or a wrong address keeps it away',
  lifetime_too_long: (_, preset) => `shorten the tokens' life at the provider, or set ${option(preset, 'maxLifetimeSeconds')}`,
  impersonated: (_, preset) => `set ${option(preset, 'impersonation')} to 'flag' if events of support staff may count as the person's`,
  token_inactive: () => 'sign in again, or check that the endpoint knows tokens of this environment',
  claim_missing: ({ where }, preset) => where === 'sub'
    ? `have the token say who it is about in "sub", or see whether ${page(preset)} has an option for another claim`
    : `have the provider put "${where ?? 'it'}" into the token: ${page(preset)} says where`,
  not_compact: MANGLED,
  not_canonical: MANGLED,
  too_small: MANGLED,
  not_json: MANGLED,
}

function otherAudience({ expected, got }: SessionError, preset: string): string {
  return `set ${option(preset, AUDIENCE_OPTIONS[preset] ?? 'audience')} to ${got ?? 'what the token has'}, or have the page ask the provider for the audience '${expected ?? ''}' at sign-in`
}

/** The line of configuration, or the provider's setting, that makes the preset take such a token. */
export function remedyFor(error: SessionError, preset: string): string {
  return REMEDIES[error.reason]?.(error, preset) ?? `see "What goes wrong" in ${page(preset)}`
}

function option(preset: string, name: string): string {
  return `${preset}({ ${name} })`
}

function page(preset: string): string {
  return `docs/providers/${preset.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`
}
