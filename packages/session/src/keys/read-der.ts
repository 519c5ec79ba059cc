/** One element of DER (X.690): the encoding inside a PEM key. */
export interface DerElement {
  readonly tag: number
  readonly content: Uint8Array
}

export const DER_INTEGER = 0x02
export const DER_BIT_STRING = 0x03
export const DER_SEQUENCE = 0x30

/**
 * Splits bytes into the elements that lie one after the other in them; a SEQUENCE is split by a further call.
 * @throws RangeError when an element is longer than the bytes, or its length is written in a way DER forbids.
 */
export function readDer(bytes: Uint8Array): DerElement[] {
  const elements: DerElement[] = []
  let offset = 0
  while (offset < bytes.length) {
    const { start, end } = extentOf(bytes, offset)
    elements.push({ tag: byteAt(bytes, offset), content: bytes.subarray(start, end) })
    offset = end
  }
  return elements
}

/** Below 128 the length is one byte; else the low bits say how many bytes of length follow. */
function extentOf(bytes: Uint8Array, offset: number): { start: number; end: number } {
  const first = byteAt(bytes, offset + 1)
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  // Three bytes of length are 16 MB: far more than a key.
  if (first === 0x80 || lengthBytes > 3) throw new RangeError('the DER length is not definite or too large')
  let length = lengthBytes === 0 ? first : 0
  for (let index = 0; index < lengthBytes; index += 1) length = length * 256 + byteAt(bytes, offset + 2 + index)
  if (lengthBytes > 0 && length < Math.max(0x80, 256 ** (lengthBytes - 1))) throw new RangeError('the DER length is too long')
  const start = offset + 2 + lengthBytes
  if (start + length > bytes.length) throw new RangeError('the DER ends too early')
  return { start, end: start + length }
}

function byteAt(bytes: Uint8Array, index: number): number {
  const byte = bytes[index]
  if (byte === undefined) throw new RangeError('the DER ends too early')
  return byte
}
