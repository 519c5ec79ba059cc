import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
/** Node takes tags of 4 bytes unless told otherwise; those can be forged. */
const TAG_BYTES = 16
/** What a key may be called. */
export const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/

/** Turns secrets into text that is worthless without the key, and back. */
export interface Sealer {
  /** @param context  what the text belongs to (a row's identity); it opens there and nowhere else. */
  seal(plain: string, context: string): string
  /** @throws Error when the key is not configured, or the text was changed or belongs elsewhere. */
  open(sealed: string, context: string): string
  /** Names of the keys, the sealing one first. Never the keys. */
  keyIds: string[]
}

/**
 * Seals with AES-256-GCM (NIST SP 800-38D), a fresh 96-bit IV each time, the 128-bit tag enforced.
 *
 * @param keys  `'k2:base64,k1:base64'`, 32 bytes each: the first seals, all open
 * @throws TypeError naming the key that cannot be used, never its value
 */
export function createSealer(keys: string): Sealer {
  const byId = readKeys(keys)
  const [sealingId] = byId.keys()
  const sealingKey = byId.get(sealingId ?? '')
  if (sealingId === undefined || !sealingKey) throw new TypeError('keys must name at least one key: run "trackline keys generate"')

  return {
    keyIds: [...byId.keys()],
    seal(plain, context) {
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(ALGORITHM, sealingKey, iv, { authTagLength: TAG_BYTES })
      cipher.setAAD(Buffer.from(context))
      const sealed = Buffer.concat([iv, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${sealingId}:${sealed.toString('base64')}`
    },
    open(sealed, context) {
      const [id = '', base64 = ''] = sealed.split(':')
      const key = byId.get(id)
      if (!key) throw new Error(`a record is sealed with the key '${id}', which is not configured: add it to "keys" after the first`)
      try {
        return openWith(key, Buffer.from(base64, 'base64'), context)
      } catch (cause) {
        // The cipher says the same of each of these, in words that help nobody.
        throw new Error(`a record cannot be opened with the key '${id}': it was sealed with another key of that name, belongs elsewhere, or was changed`, { cause })
      }
    },
  }
}

function openWith(key: Buffer, bytes: Buffer, context: string): string {
  if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error('a sealed record is too short to be one')
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}

function readKeys(keys: string): Map<string, Buffer> {
  const byId = new Map<string, Buffer>()
  for (const entry of keys.split(',').map((each) => each.trim()).filter(Boolean)) {
    const [id = '', base64] = entry.split(':')
    // Without a colon, what stands in the place of the name is the key.
    if (base64 === undefined || !KEY_ID.test(id)) throw new TypeError('keys must look like "k1:<base64 of 32 bytes>": a key has no usable name before the colon')
    const key = Buffer.from(base64, 'base64')
    if (byId.has(id)) throw new TypeError(`keys names '${id}' twice: give the new key another name, as "trackline keys generate --id k2" does`)
    if (key.length !== KEY_BYTES) throw new TypeError(`the key '${id}' must be the base64 of ${KEY_BYTES} bytes: it has ${key.length}`)
    byId.set(id, key)
  }
  return byId
}

/** A new key for `createSealer`, as the configuration takes it. */
export function generateKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`
}
