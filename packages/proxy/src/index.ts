export {
  auth0, authjs, betterAuth, clerk, cognito, deviseJwt, firebase, introspect, jwks, keycloak, oidc, okta, publicKey, sharedSecret,
  simplejwt, stytch, supabase, workos,
} from '@trackline/session'
export { defineConfig, resolveConfig } from './config.ts'
export type { Config, ConfigOptions, Site, SiteFinder, SiteOptions, SiteRow } from './config.ts'
export { DELIVERY_CODES } from './outcome.ts'
export type { DeliveryCode, Outcome } from './outcome.ts'
export { ERRORS, TrackError } from './errors.ts'
export type { ErrorCode, ProblemDetails } from './errors.ts'
export { claim, lookup } from './identity/email-source.ts'
export type { EmailLookup, EmailSource, PersonQuery } from './identity/email-source.ts'
export { startServer } from './server.ts'
export type { RunningServer } from './server.ts'
export { realWorld } from './world.ts'
