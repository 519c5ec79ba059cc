import { checkSignature } from '../keys/check-signature.ts'
import { SessionError } from '../session-error.ts'
import { checkProviderParameters } from '../token/check-header.ts'
import type { ProviderParameters } from '../token/check-header.ts'
import { checkType } from '../token/check-type.ts'
import type { FindKey, Prove, SessionAlgorithm, TokenType } from './session-preset.ts'

export interface SignedParts {
  readonly types: readonly TokenType[]
  readonly algorithms: readonly SessionAlgorithm[]
  readonly findKey: FindKey
  readonly parameters?: ProviderParameters | undefined
}

/** Proves a signed token by its signature; its claims are what was signed. */
export function proveSigned({ types, algorithms, findKey, parameters = {} }: SignedParts): Prove {
  return async (token, world) => {
    if (token.form !== 'signed') throw new SessionError('not_compact', { expected: 'a signed token', got: token.form })
    checkProviderParameters(token.header, parameters)
    checkType(token.header, types)
    await checkSignature(token, await findKey(token.header, world), algorithms)
    return { claims: token.claims }
  }
}
