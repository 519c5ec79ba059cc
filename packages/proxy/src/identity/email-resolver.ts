import type { EmailPolicy } from '@trackline/session'
import { acceptedEmail } from '@trackline/session'
import { LRUCache } from 'lru-cache'
import { createAsker } from './asker.ts'
import type { Asker, AskerParts } from './asker.ts'
import type { EmailSource, LookupSource, PersonQuery } from './email-source.ts'

/** Sources held open; the longest unused is closed. Only `sites` as a function can make so many. */
const MAX_OPEN_SOURCES = 1_000

/** What a site says of emails. */
export interface EmailRules extends EmailPolicy {
  name: string
  email?: readonly EmailSource[] | undefined
}

export type Resolution =
  | { kind: 'found'; email: string }
  /** Every source that could be asked knows nobody of that name, or has no email that counts. */
  | { kind: 'nobody' }
  /** A source could not be asked, or needs a token that is not at hand. */
  | { kind: 'unavailable' }

export interface EmailResolver {
  resolve(site: EmailRules, person: PersonQuery, token?: string): Promise<Resolution>
  close(): Promise<void>
}

/**
 * Asks a site's sources in their order; the first email that counts wins. A source that fails is passed over for now.
 *
 * Answers are remembered for each source by issuer and subject: an email for 15 minutes, "nobody" for 60 seconds.
 */
export function createEmailResolver(parts: AskerParts): EmailResolver {
  const open = new LRUCache<LookupSource, Asker>({ max: MAX_OPEN_SOURCES, dispose: (asker) => void asker.close() })

  function askerOf(source: LookupSource): Asker {
    const known = open.get(source)
    if (known) return known
    const asker = createAsker(source, parts)
    open.set(source, asker)
    return asker
  }

  async function resolve(site: EmailRules, person: PersonQuery, token?: string): Promise<Resolution> {
    let isUnavailable = false
    for (const source of site.email ?? []) {
      if (source.kind !== 'lookup') continue
      const answer = await askerOf(source).ask(person, token)
      if (answer.kind === 'unavailable') isUnavailable = true
      if (answer.kind !== 'found') continue
      const email = acceptedEmail(answer.email, answer.emailVerified, site)
      if (email !== undefined) return { kind: 'found', email }
      parts.log({ site: site.name, source: source.name, isVerified: answer.emailVerified }, 'identity.email_refused')
    }
    return { kind: isUnavailable ? 'unavailable' : 'nobody' }
  }

  return {
    resolve,
    async close() {
      const askers = [...open.values()]
      await Promise.all(askers.map((asker) => asker.close()))
    },
  }
}

/** Whether an answer of this site may depend on the person's own token. */
export function needsToken({ email }: EmailRules): boolean {
  return email?.some((source) => source.kind === 'lookup' && source.needsToken) ?? false
}
