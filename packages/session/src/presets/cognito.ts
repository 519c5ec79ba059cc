import { claimIsOneOf, refuseKind } from '../claims/kind-rules.ts'
import { checkOptions } from '../options/check-options.ts'
import { textOf } from '../options/text-rules.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface CognitoOptions extends ProviderOptions {
  /** The pool's id, such as 'eu-west-1_AbCdEfGhI'; it begins with its region. */
  userPoolId: string
  /** The app client that tokens are made for. */
  clientId: string
  /** Which of the two tokens your pages send. 'id' carries the email, 'access' does not. Default 'id'. */
  tokenUse?: 'id' | 'access'
}

const DAY_SECONDS = 86_400
const RULES = {
  ...PROVIDER_RULES,
  userPoolId: { ...textOf("a pool id such as 'eu-west-1_AbCdEfGhI'", /^[a-z]{2}(-[a-z]+)+-\d+_[A-Za-z0-9]+$/), required: true },
  clientId: { ...textOf('an app client id', /^[A-Za-z0-9_+]{1,128}$/), required: true },
  tokenUse: { expected: "'id' or 'access'", accepts: (value: unknown) => value === 'id' || value === 'access' },
} as const

/**
 * Sessions of an Amazon Cognito user pool: RS256, at most 24 hours, of either of the two issuers that a pool may have.
 * Refused: the other kind of token, tokens of other app clients, tokens of machines.
 * @throws TypeError that names each wrong option.
 */
export function cognito(options: CognitoOptions): SessionPreset {
  checkOptions('cognito', options, RULES)
  const { userPoolId, clientId, tokenUse = 'id' } = options
  const [region = ''] = userPoolId.split('_')
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const issuer = `https://cognito-idp.${region}.${domain}/${userPoolId}`
  // Only the ID token has an audience; the access token names its app client in a claim of its own.
  const audience = tokenUse === 'id' ? { audience: clientId } : {}
  return keySetPreset(withDefaults(options, { ...audience, maxLifetimeSeconds: DAY_SECONDS }), {
    name: 'cognito',
    issuers: [issuer, `https://issuer-cognito-idp.${region}.${domain}/${userPoolId}`],
    algorithms: ['RS256'],
    keysAt: new URL(`${issuer}/.well-known/jwks.json`),
    claimRules: [
      claimIsOneOf('token_use', [tokenUse]),
      ...(tokenUse === 'id' ? [] : [claimIsOneOf('client_id', [clientId], 'party_mismatch')]),
      refuseKind('a token of a machine', ({ sub }) => sub === clientId),
    ],
  })
}
