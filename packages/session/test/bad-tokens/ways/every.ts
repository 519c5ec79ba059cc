import { ALGORITHM } from './algorithm.ts'
import { CLAIMS } from './claims.ts'
import { ENCRYPTED } from './encrypted.ts'
import { FORM } from './form.ts'
import { KEYS } from './keys.ts'
import { KINDS } from './kinds.ts'
import { OPAQUE } from './opaque.ts'

/** The whole list; each entry says on which stages it is one. */
export const EVERY_BAD_TOKEN = [...FORM, ...ALGORITHM, ...CLAIMS, ...KEYS, ...KINDS, ...ENCRYPTED, ...OPAQUE]
