import fc from 'fast-check'

const KINDS = ['replace', 'insert', 'delete', 'swap', 'truncate', 'repeat'] as const

/** What happens to one byte of a text, or from it on. */
export interface Mutation {
  readonly kind: (typeof KINDS)[number]
  readonly at: number
  readonly byte: number
}

const mutation: fc.Arbitrary<Mutation> = fc.record({ kind: fc.constantFrom(...KINDS), at: fc.nat(), byte: fc.nat(255) })

export const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 })

export function mutate(text: string, { kind, at, byte }: Mutation): string {
  if (text === '') return text
  const index = at % text.length
  const [before, here, rest] = [text.slice(0, index), text.charAt(index), text.slice(index + 1)]
  if (kind === 'replace') return before + String.fromCharCode(byte) + rest
  if (kind === 'insert') return before + String.fromCharCode(byte) + here + rest
  if (kind === 'delete') return before + rest
  if (kind === 'swap') return before + rest.charAt(0) + here + rest.slice(1)
  if (kind === 'repeat') return before + here + here + rest
  return before
}
