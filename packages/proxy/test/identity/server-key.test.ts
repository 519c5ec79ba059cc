import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { findServerKey, generateServerKey, isServerKeyHeader } from '../../src/identity/server-key.ts'

describe('a generated server key', () => {
  const { key, digest } = generateServerKey()

  it('has a form that scanners find, 256 random bits, and a digest that tells nothing of it', () => {
    expect(key).toMatch(/^tl_[\w-]{43}[0-9a-f]{6}$/)
    expect(digest).toBe(`sha256:${createHash('sha256').update(key).digest('hex')}`)
    expect(new Set(Array.from({ length: 100 }, () => generateServerKey().key)).size).toBe(100)
  })

  it("is that of its digest, whichever place this has among the site's", () => {
    const others = [generateServerKey().digest, generateServerKey().digest]
    expect(findServerKey([...others, digest], `Bearer ${key}`)?.digest).toBe(digest)
    expect(findServerKey(others, `Bearer ${key}`)).toBeUndefined()
    expect(findServerKey([], `Bearer ${key}`)).toBeUndefined()
  })

  it('with any one character changed is no key', () => {
    for (let at = 'tl_'.length; at < key.length; at++) {
      const changed = key.slice(0, at) + (key[at] === '0' ? '1' : '0') + key.slice(at + 1)
      expect(findServerKey([digest], `Bearer ${changed}`)).toBeUndefined()
    }
  })
})

describe('isServerKeyHeader', () => {
  it.each([
    ['Bearer tl_abc', true],
    ['bearer tl_abc', true],
    ['Bearer eyJ.x.y', false],
    ['tl_abc', false],
    ['Basic tl_abc', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (authorization, isOne) => {
    expect(isServerKeyHeader(authorization)).toBe(isOne)
  })
})
