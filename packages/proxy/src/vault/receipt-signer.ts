import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import type { SigningKey, Store } from '../outbox/store.ts'
import type { Sealer } from './seal.ts'
import { contextOf } from './sealed-grant.ts'

/** Another process may have made a newer key: both are published, so nothing hangs on it. */
const KEEP_MS = 60_000
const TYPE = 'trackline-receipt+jwt'

export interface ReceiptSignerParts {
  store: Pick<Store, 'readSigningKeys' | 'addSigningKey'>
  sealer: Sealer
  now: () => Date
  newId: () => string
}

export type ReceiptSigner = ReturnType<typeof createReceiptSigner>

/**
 * Signs receipts with ES256 (RFC 7518, 3.4). The private keys lie sealed in the store; the first is made when the first receipt is asked
 * for. A key that was followed by another signs no more and stays published, so that what it signed can be verified.
 */
export function createReceiptSigner({ store, sealer, now, newId }: ReceiptSignerParts) {
  let current: { kid: string; key: KeyObject; readAt: number } | undefined

  async function newestKey(): Promise<{ kid: string; key: KeyObject }> {
    const time = now().getTime()
    if (current && Math.abs(time - current.readAt) < KEEP_MS) return current
    const [newest = await addKey(undefined)] = await store.readSigningKeys()
    current = { kid: newest.kid, key: open(newest), readAt: time }
    return current
  }

  /** @param replaces  the newest key; when somebody else has added one meanwhile, theirs is taken */
  async function addKey(replaces: string | undefined): Promise<SigningKey> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const kid = newId()
    const { kty, crv, x, y } = publicKey.export({ format: 'jwk' })
    const sealed = sealer.seal(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), contextOf({ kind: 'signing-key', id: kid, version: 0 }))
    const key = { kid, sealed, published: JSON.stringify({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }), addedAt: now().getTime() }
    if (await store.addSigningKey(key, replaces)) return key
    const [newest] = await store.readSigningKeys()
    if (!newest) throw new Error('the signing key could not be stored')
    return newest
  }

  function open({ kid, sealed }: SigningKey): KeyObject {
    return createPrivateKey(sealer.open(sealed, contextOf({ kind: 'signing-key', id: kid, version: 0 })))
  }

  return {
    /** A compact JWS of these claims (RFC 7515). */
    async sign(claims: object): Promise<string> {
      const { kid, key } = await newestKey()
      const [header, payload] = [{ alg: 'ES256', typ: TYPE, kid }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      const signature = sign('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' })
      return `${header}.${payload}.${signature.toString('base64url')}`
    },
    /** Every public key, as RFC 7517 has it: also where what seals the private ones is lost. */
    async published(): Promise<{ keys: unknown[] }> {
      const stored = await store.readSigningKeys()
      const keys = stored.length > 0 ? stored : [await addKey(undefined)]
      return { keys: keys.map(({ published }): unknown => JSON.parse(published)) }
    },
    /** From now on another key signs. @returns its id */
    async rotate(): Promise<string> {
      const [newest] = await store.readSigningKeys()
      const { kid } = await addKey(newest?.kid)
      current = undefined
      return kid
    },
  }
}
