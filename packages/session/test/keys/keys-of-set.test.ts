import { describe, expect, it } from 'vitest'
import { keysOfSet } from '../../src/keys/keys-of-set.ts'
import { ecSigner, rsaSigner } from '../support/signers.ts'

const rsa = rsaSigner('r')
const ec = ecSigner('e')

describe('keysOfSet', () => {
  it.each([
    ['null', null],
    ['an array', [rsa.publicJwk]],
    ['an object without keys', {}],
    ['keys that are not a list', { keys: { r: rsa.publicJwk } }],
  ])('refuses %s as a key set', (_, document) => {
    expect(() => keysOfSet(document, ['RS256'])).toThrow('the document is not a key set: it has no list of keys')
  })

  it('takes a set of 100 keys and refuses one of 101', () => {
    const keys = (count: number) => ({ keys: Array.from({ length: count }, () => ec.publicJwk) })
    expect(keysOfSet(keys(100), ['ES256'])).toHaveLength(100)
    expect(() => keysOfSet(keys(101), ['ES256'])).toThrow('the key set has 101 keys; at most 100 are read')
  })

  it('leaves out keys for algorithms outside the list', () => {
    expect(keysOfSet({ keys: [rsa.publicJwk, ec.publicJwk] }, ['ES256']).map(({ kid }) => kid)).toEqual(['e'])
  })

  it('says why no key of the set can be used', () => {
    const keys = [{ ...rsa.publicJwk, use: 'enc' }, { kty: 'oct', k: 'AAAA' }, 'nonsense']
    expect(() => keysOfSet({ keys }, ['RS256'])).toThrow(
      "the key set has no key for RS256: one is for 'enc', not for signatures, " +
        'one is a shared secret, not a public key, one is not a JWK object',
    )
  })

  it('says which algorithms the keys are for when that is all that is wrong', () => {
    expect(() => keysOfSet({ keys: [ec.publicJwk] }, ['RS256'])).toThrow('the key set has no key for RS256: all keys are for ES256')
    expect(() => keysOfSet({ keys: [] }, ['RS256'])).toThrow('the key set has no key for RS256: it is empty')
  })

  it('reads a key that names its algorithm Ed25519, the newer name of EdDSA', () => {
    const jwk = { kty: 'OKP', crv: 'Ed25519', alg: 'Ed25519', x: Buffer.alloc(32, 1).toString('base64url') }
    expect(keysOfSet({ keys: [jwk] }, ['EdDSA'])).toMatchObject([{ algorithm: 'EdDSA' }])
  })
})
