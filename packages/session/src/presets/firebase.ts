import { refuseKind } from '../claims/kind-rules.ts'
import { claimAt } from '../claims/claim-at.ts'
import { checkOptions } from '../options/check-options.ts'
import { BOOLEAN, textOf } from '../options/text-rules.ts'
import type { Claims } from '../token/strict-json.ts'
import { keySetPreset, PROVIDER_RULES } from './key-set-preset.ts'
import type { ProviderOptions } from './key-set-preset.ts'
import type { SessionPreset } from './session-preset.ts'
import { withDefaults } from './with-defaults.ts'

export interface FirebaseOptions extends ProviderOptions {
  /** The project's id, as in the console: not its name and not its number. */
  projectId: string
  /** Accepts people who signed in anonymously too. Default false. */
  anonymous?: boolean
}

/** Fixed by Firebase. */
const LIFETIME_SECONDS = 3600
const MAX_SUBJECT_CHARACTERS = 128
const KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com'
const RULES = {
  ...PROVIDER_RULES,
  projectId: { ...textOf("a project id such as 'my-app-1234'", /^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,29}$/), required: true },
  anonymous: BOOLEAN,
} as const

/**
 * Sessions of Firebase Authentication: ID tokens, RS256, 1 hour. Refused: session cookies, custom tokens, tokens of the
 * emulator (which are not signed), anonymous people. All projects share one key set: issuer and audience tell them apart.
 * @throws TypeError that names each wrong option.
 */
export function firebase(options: FirebaseOptions): SessionPreset {
  checkOptions('firebase', options, RULES)
  const { projectId, anonymous = false } = options
  return keySetPreset(withDefaults(options, { audience: projectId, maxLifetimeSeconds: LIFETIME_SECONDS }), {
    name: 'firebase',
    issuers: [`https://securetoken.google.com/${projectId}`],
    algorithms: ['RS256'],
    keysAt: new URL(KEYS),
    subject: { path: ['sub'], wholeNumbers: false, maxCharacters: MAX_SUBJECT_CHARACTERS },
    claimRules: [
      refuseKind('without the time of the sign-in, which comes before it', lacksSignIn),
      ...(anonymous ? [] : [refuseKind('of an anonymous person', isAnonymous)]),
    ],
  })
}

function lacksSignIn({ auth_time: signedInAt, iat }: Claims): boolean {
  return typeof signedInAt !== 'number' || (typeof iat === 'number' && signedInAt > iat)
}

function isAnonymous(claims: Claims): boolean {
  return claimAt(claims, ['firebase', 'sign_in_provider']) === 'anonymous'
}
