import { describe, expect, it } from 'vitest'
import { readDer } from '../../src/keys/read-der.ts'

const read = (hex: string) =>
  readDer(Buffer.from(hex, 'hex')).map(({ tag, content }) => [tag, Buffer.from(content).toString('hex')])
const filler = (bytes: number) => 'ab'.repeat(bytes)

describe('readDer', () => {
  it.each<[string, string, [number, string][]]>([
    ['nothing', '', []],
    ['an empty element', '0500', [[5, '']]],
    ['two elements', '020101' + '0402aabb', [[2, '01'], [4, 'aabb']]],
    ['a length of one further byte', `0481${'80'}${filler(128)}`, [[4, filler(128)]]],
    ['a length of two further bytes', `048201${'00'}${filler(256)}`, [[4, filler(256)]]],
  ])('splits %s', (_, hex, elements) => {
    expect(read(hex)).toEqual(elements)
  })

  it.each([
    ['a tag alone', '02'],
    ['a content cut short', '0203aabb'],
    ['a length cut short', '0482ff'],
    ['an indefinite length', '04800000'],
    ['a length of four bytes', '048400000001aa'],
    ['a short length written long', '048101aa'],
    ['a length with a zero in front', `04820080${filler(128)}`],
  ])('refuses %s', (_, hex) => {
    expect(() => read(hex)).toThrow(RangeError)
  })
})
