import { audienceHas, issuerIsOneOf } from '../claims/claim-rules.ts'
import type { ClaimRule } from '../claims/claim-rules.ts'
import { readEmail } from '../claims/read-email.ts'
import { readSubject, SUB } from '../claims/read-subject.ts'
import type { SubjectForm } from '../claims/read-subject.ts'
import { SessionError } from '../session-error.ts'
import type { ProviderParameters } from '../token/check-header.ts'
import { plainCookie } from '../token/cookie-reader.ts'
import type { PresetOptions } from './preset-options.ts'
import { proveSigned } from './prove-signed.ts'
import type { FindKey, Prove, SessionAlgorithm, SessionPreset, TokenForm } from './session-preset.ts'

type OwnFunctions = 'readCookie' | 'readEmail' | 'isImpersonated' | 'mint' | 'describeKeys' | 'loadKeys' | 'forOrigins'
type ProofParts =
  | { readonly form: 'signed'; readonly findKey: FindKey }
  | { readonly form: Exclude<TokenForm, 'signed'>; readonly prove: Prove }

/** What a preset knows beyond its options. Those that are given as functions have a usual form, which is the default. */
export interface PresetParts extends Partial<Pick<SessionPreset, OwnFunctions>> {
  readonly name: string
  readonly keySource: string
  readonly issuers: readonly string[]
  readonly people?: string
  readonly algorithms: readonly SessionAlgorithm[]
  /** What must hold of the claims besides issuer and audience. */
  readonly claimRules?: readonly ClaimRule[]
  readonly subject?: SubjectForm
  /** Header parameters that this provider alone writes. Default: none. */
  readonly parameters?: ProviderParameters
  readonly proof: ProofParts
}

/** Joins the options with what one preset knows. Every preset is a file that ends in this call. */
export function buildPreset(options: PresetOptions, { proof, subject = SUB, parameters, ...parts }: PresetParts): SessionPreset {
  const { audience, cookie, maxLifetimeSeconds, emailVerified } = options
  const { email = ['email'], types = ['JWT'], impersonation = 'flag' } = options
  const { isImpersonated = ({ act }) => act !== undefined, algorithms } = parts
  const claimRules = [
    issuerIsOneOf(parts.issuers),
    ...(audience === undefined ? [] : [audienceHas(audience)]),
    ...(parts.claimRules ?? []),
    ...(impersonation === 'refuse' ? [refuseImpersonation(isImpersonated)] : []),
  ]
  return Object.freeze({
    readCookie: plainCookie,
    readEmail: (claims, policy) => readEmail(claims, email, emailVerified, policy),
    ...parts,
    ...{ form: proof.form, audience, cookie, types, maxLifetimeSeconds, impersonation, isImpersonated, claimRules },
    subjectPath: subject.path,
    emailPath: email,
    readSubject: (claims) => readSubject(claims, subject),
    prove: proof.form === 'signed' ? proveSigned({ types, algorithms, findKey: proof.findKey, parameters }) : proof.prove,
  } satisfies SessionPreset)
}

function refuseImpersonation(isImpersonated: SessionPreset['isImpersonated']): ClaimRule {
  return (claims) => {
    if (isImpersonated(claims)) throw new SessionError('impersonated')
  }
}
