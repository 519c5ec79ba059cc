import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSealer, generateKey } from '../../src/vault/seal.ts'

const K1 = generateKey('k1')
const K2 = generateKey('k2')
const SECRET = 'refresh token of account 62515'

describe('createSealer', () => {
  it('what is sealed opens in the same context, and reads as nothing of what it holds', () => {
    const sealer = createSealer(K1)
    const sealed = sealer.seal(SECRET, 'grants|1')
    expect(sealer.open(sealed, 'grants|1')).toBe(SECRET)
    expect(Buffer.from(sealed.split(':')[1] ?? '', 'base64').includes('refresh')).toBe(false)
    expect(sealed.startsWith('k1:')).toBe(true)
  })

  it('text of any kind comes back as it was, the empty one too', () => {
    const sealer = createSealer(K1)
    for (const text of ['', '\u{1F600} ä\0\n', 'x'.repeat(100_000)]) expect(sealer.open(sealer.seal(text, 'c'), 'c')).toBe(text)
  })

  it('the same text is sealed differently each time', () => {
    const sealer = createSealer(K1)
    expect(new Set(Array.from({ length: 50 }, () => sealer.seal(SECRET, 'c'))).size).toBe(50)
  })

  it('in another context it does not open', () => {
    const sealer = createSealer(K1)
    const sealed = sealer.seal(SECRET, 'grants|1')
    for (const context of ['grants|2', 'grants|', '', 'Grants|1']) expect(() => sealer.open(sealed, context)).toThrow()
  })

  it('with another key of the same name it does not open', () => {
    const sealed = createSealer(K1).seal(SECRET, 'c')
    expect(() => createSealer(generateKey('k1')).open(sealed, 'c')).toThrow("cannot be opened with the key 'k1': it was sealed with another key of that name")
  })

  it('changing any one byte spoils it', () => {
    const sealer = createSealer(K1)
    const bytes = Buffer.from(sealer.seal('ab', 'c').slice('k1:'.length), 'base64')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => sealer.open(`k1:${changed.toString('base64')}`, 'c'), `byte ${at}`).toThrow()
    }
  })

  it('a tag cut short is refused, although the cipher alone would take it', () => {
    const key = randomBytes(32)
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: 4 })
    cipher.setAAD(Buffer.from('c'))
    const sealed = Buffer.concat([iv, cipher.update('abcdefghijklmnopqrst'), cipher.final(), cipher.getAuthTag()])
    expect(() => createSealer(`k1:${key.toString('base64')}`).open(`k1:${sealed.toString('base64')}`, 'c')).toThrow()
  })

  it.each([
    ['nothing', ''],
    ['a name alone', 'k1:'],
    ['fewer bytes than iv and tag have', `k1:${Buffer.alloc(27).toString('base64')}`],
    ['a name that is not configured', `k9:${Buffer.alloc(60).toString('base64')}`],
  ])('%s is no sealed record', (_, sealed) => {
    expect(() => createSealer(K1).open(sealed, 'c')).toThrow(/key|short/)
  })

  it('a key that was given without a name is not repeated in the error', () => {
    const key = randomBytes(16).toString('hex')
    expect(() => createSealer(key)).toThrow('a key has no usable name before the colon')
    expect(() => createSealer(key)).not.toThrow(key)
  })

  it('the error for a key that is missing names it and says what to do', () => {
    const sealed = createSealer(K2).seal(SECRET, 'c')
    expect(() => createSealer(K1).open(sealed, 'c')).toThrow('\'k2\', which is not configured: add it to "keys"')
  })

  it('the first key seals and all open, so keys can be changed while records are sealed with the old one', () => {
    const old = createSealer(K1).seal(SECRET, 'c')
    const both = createSealer(`${K2}, ${K1}`)
    expect(both.keyIds).toEqual(['k2', 'k1'])
    expect(both.open(old, 'c')).toBe(SECRET)
    expect(both.seal(SECRET, 'c').startsWith('k2:')).toBe(true)
  })
})

describe('the list of keys', () => {
  const bytes = (length: number) => randomBytes(length).toString('base64')

  it.each([
    ['no key', '', /at least one key/],
    ['commas only', ' , ,', /at least one key/],
    ['a key without a name', bytes(32), /name before the colon|must be the base64 of 32 bytes/],
    ['an empty name', `:${bytes(32)}`, /name before the colon/],
    ['a name with a blank', `k 1:${bytes(32)}`, /name before the colon/],
    ['a key that is too short', `k1:${bytes(31)}`, /'k1' must be the base64 of 32 bytes: it has 31/],
    ['a key that is too long', `k1:${bytes(33)}`, /it has 33/],
    ['a key that is no base64', 'k1:!!!', /it has 0/],
    ['a name twice', `k1:${bytes(32)},k1:${bytes(32)}`, /'k1' twice/],
  ])('with %s is refused by a TypeError that never shows a key', (_, keys, says) => {
    const failing = () => createSealer(keys)
    expect(failing).toThrow(TypeError)
    expect(failing).toThrow(says)
    for (const secret of keys.match(/[A-Za-z0-9+/=]{20,}/g) ?? []) expect(failing).not.toThrow(secret)
  })

  it('a generated key is one that seals', () => {
    expect(createSealer(generateKey('2026-11')).keyIds).toEqual(['2026-11'])
    expect(generateKey('k')).not.toBe(generateKey('k'))
  })
})
