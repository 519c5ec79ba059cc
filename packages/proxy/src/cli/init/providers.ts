import * as presets from '@trackline/session'
import type { SessionPreset } from '@trackline/session'

/** What one preset has to be told. */
interface Field {
  name: string
  /** How it looks. */
  example: string
  /** May be left out. What it is asked for as. */
  maybe?: string
}

const fields = (examples: Readonly<Record<string, string>>): Field[] => Object.entries(examples).map(([name, example]) => ({ name, example }))

/** Each kind of session that `init` can write, with what it needs to know; docs/providers has a page on each. */
export const PROVIDERS: Readonly<Record<string, readonly Field[]>> = {
  sharedSecret: [],
  auth0: [
    ...fields({ domain: 'acme.eu.auth0.com', audience: 'https://api.example.com' }),
    { name: 'email', example: 'https://example.com/email', maybe: 'name of the claim that has the email' },
  ],
  betterAuth: fields({ baseURL: 'https://app.example.com' }),
  clerk: fields({ publishableKey: 'pk_live_…' }),
  cognito: fields({ userPoolId: 'eu-west-1_AbCdEfGhI', clientId: '1example23456789' }),
  firebase: fields({ projectId: 'my-app-1234' }),
  jwks: fields({ url: 'https://id.example.com/jwks.json', issuer: 'https://id.example.com/', audience: 'trackline' }),
  keycloak: fields({ issuer: 'https://id.example.com/realms/acme', clientId: 'my-app' }),
  oidc: fields({ issuer: 'https://id.example.com/', audience: 'trackline' }),
  okta: fields({ issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' }),
  stytch: fields({ projectId: 'project-live-…' }),
  supabase: fields({ url: 'https://abcdefghijkl.supabase.co' }),
  workos: fields({ clientId: 'client_01ABC' }),
}

/** Whose tokens carry no email until that is set up there. */
export const WITHOUT_EMAIL: readonly string[] = ['auth0', 'clerk', 'okta', 'workos']

/** The settings as the preset takes them: the email is a path of claims. */
export function optionsOf({ email, ...settings }: Readonly<Record<string, string>>): Record<string, string | string[]> {
  return { ...settings, ...(email === undefined ? {} : { email: [email] }) }
}

/** What the preset says is wrong with these settings; undefined when nothing is. */
export function presetProblem(provider: string, settings: Readonly<Record<string, string>>): string | undefined {
  if (provider === 'sharedSecret') return undefined
  // Each is a function of the package that takes its fields in one object, and checks them by itself.
  const preset = Reflect.get(presets, provider) as (options: object) => SessionPreset
  try {
    preset(optionsOf(settings))
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
