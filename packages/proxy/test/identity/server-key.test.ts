import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findServerKey, generateServerKey, serverKeyIn } from '../../src/identity/server-key.ts'

describe('a generated server key', () => {
  const { key, digest } = generateServerKey()

  it('has a form that scanners find, 256 random bits, and a digest that tells nothing of it', () => {
    expect(key).toMatch(/^tl_[\w-]{43}[0-9a-f]{6}$/)
    expect(digest).toBe(`sha256:${createHash('sha256').update(key).digest('hex')}`)
    expect(new Set(Array.from({ length: 100 }, () => generateServerKey().key)).size).toBe(100)
  })

  it("is that of its digest, whichever place this has among the site's", () => {
    const others = [generateServerKey().digest, generateServerKey().digest]
    expect(findServerKey([...others, digest], key)?.digest).toBe(digest)
    expect(findServerKey(others, key)).toBeUndefined()
    expect(findServerKey([], key)).toBeUndefined()
  })

  it('with any one character changed is no key', () => {
    for (let at = 'tl_'.length; at < key.length; at++) {
      const changed = key.slice(0, at) + (key[at] === '0' ? '1' : '0') + key.slice(at + 1)
      expect(findServerKey([digest], changed)).toBeUndefined()
    }
  })
})

describe('the server key in an Authorization header', () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  it.each([
    ['Bearer tl_abc', 'tl_abc'],
    ['bearer tl_abc', 'tl_abc'],
    [basic('tl_abc:'), 'tl_abc'],
    [basic('tl_abc:a:b'), 'tl_abc'],
    [basic('tl_abc'), 'tl_abc'],
    [basic('ada:tl_abc'), undefined],
    ['Basic tl_abc', undefined],
    ['Bearer eyJ.x.y', undefined],
    ['tl_abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s: %s', (authorization, key) => {
    expect(serverKeyIn(authorization)).toBe(key)
  })
})
