import * as presets from '@trackline/session'
import { SessionError } from '@trackline/session'
import type { SessionReason } from '@trackline/session'
import { describe, expect, it } from 'vitest'
import { remedyFor } from '../../src/cli/token/remedy-for.ts'

const { auth0, authjs, betterAuth, clerk, cognito, deviseJwt, firebase, introspect, jwks, keycloak, oidc, okta, publicKey, sharedSecret, simplejwt, stytch, supabase, workos } = presets
const PRESETS = { auth0, authjs, betterAuth, clerk, cognito, deviseJwt, firebase, introspect, jwks, keycloak, oidc, okta, publicKey, sharedSecret, simplejwt, stytch, supabase, workos }
const KEY_SETS = ['auth0', 'betterAuth', 'clerk', 'cognito', 'firebase', 'jwks', 'keycloak', 'oidc', 'okta', 'stytch', 'supabase', 'workos']
const REASONS: readonly [SessionReason, readonly string[]][] = [
  ['unknown_kid', KEY_SETS],
  ['issuer_mismatch', KEY_SETS],
  ['audience_mismatch', ['auth0', 'betterAuth', 'cognito', 'firebase', 'jwks', 'oidc', 'okta', 'stytch', 'keycloak', 'introspect', 'simplejwt', 'deviseJwt', 'sharedSecret', 'publicKey']],
  ['party_mismatch', ['auth0', 'clerk', 'cognito', 'keycloak', 'oidc', 'okta']],
  ['lifetime_too_long', Object.keys(PRESETS)],
  ['impersonated', Object.keys(PRESETS)],
  ['decryption_failed', ['authjs']],
  ['signature_mismatch', ['sharedSecret', 'simplejwt', 'deviseJwt']],
]

/** What the preset says of an option it was given: it always has something to say, since the value is none that it takes. */
function objectionTo(name: string, option: string): string {
  const preset: unknown = Reflect.get(PRESETS, name)
  try {
    Reflect.apply(preset as () => unknown, undefined, [{ [option]: Symbol('none') }])
    return ''
  } catch (error) {
    return String(error)
  }
}

describe('what a developer is told to change', () => {
  for (const [reason, names] of REASONS) {
    it.each(names)(`after ${reason}, %s({ … }) has the option that is named`, (name) => {
      const said = remedyFor(new SessionError(reason), name)
      const [, preset, option = ''] = /(\w+)\(\{ (\w+) \}\)/.exec(said) ?? []
      expect(preset, said).toBe(name)
      expect(objectionTo(name, option)).toContain(`\`${option}\``)
      expect(objectionTo(name, option)).not.toContain('is not an option')
    })
  }
})
