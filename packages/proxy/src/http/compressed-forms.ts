import type { IncomingMessage } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import Negotiator from 'negotiator'

/** The forms of a text, the smallest first, by the name that HTTP has for them. */
export type Encoding = 'br' | 'gzip' | 'identity'

/** A text in each of its forms: compressed once, as well as it can be, instead of with each request. */
export type Forms = Readonly<Record<Encoding, Buffer>>

const BEST_GZIP = { level: constants.Z_BEST_COMPRESSION }
const PREFERRED = ['br', 'gzip', 'identity'] as const satisfies Encoding[]

export function compressedForms(text: string): Forms {
  return { br: brotliCompressSync(text), gzip: gzipSync(text, BEST_GZIP), identity: Buffer.from(text) }
}

/** The smallest form that the client takes (RFC 9110, 12.5.3); the text as it is where it takes none of them. */
export function acceptedEncoding(request: IncomingMessage): Encoding {
  const accepted = new Negotiator(request).encodings([...PREFERRED])
  return PREFERRED.find((encoding) => accepted.includes(encoding)) ?? 'identity'
}
