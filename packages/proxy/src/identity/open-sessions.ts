import { sharedKeySets } from '@trackline/session'
import type { KeySetState } from '@trackline/session'
import { createDenials } from './denials.ts'
import type { Denials, DenialsParts } from './denials.ts'
import { createKeyStore } from './key-store.ts'
import type { KeyStoreParts } from './key-store.ts'
import { createSessionReader } from './read-session.ts'
import type { SessionReader, SessionReaderParts } from './read-session.ts'

export interface Sessions {
  read: SessionReader
  denials: Denials
  /** How the key sets of the identity providers stand that were used lately. */
  describeKeys: () => KeySetState[]
}

/** Reads sessions with keys that outlive a provider's outage, and with the deny list. */
export function openSessions({ store, now, log, fetch }: DenialsParts & Omit<KeyStoreParts, 'onKeyRemoved'> & Required<Pick<SessionReaderParts, 'fetch'>>): Sessions {
  const denials = createDenials({ store, now, log })
  const keySets = sharedKeySets()
  const keyStore = createKeyStore({ store, now, onKeyRemoved: () => reader.forgetAll() })
  const reader = createSessionReader({ now, keyStore, keySets, fetch, isDenied: denials.isDenied })
  return { read: reader.read, denials, describeKeys: () => keySets.describe(now()) }
}
