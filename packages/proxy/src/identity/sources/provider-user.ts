import { guardedFetch } from '../guarded-fetch/guarded-fetch.ts'
import { SourceUnavailable } from '../email-source.ts'
import type { Circumstances, Found, LookupSource, PersonQuery } from '../email-source.ts'
import { askJson } from './ask-json.ts'
import type { JsonAnswer } from './ask-json.ts'
import { isHttpUrl, requireOption } from './source-options.ts'

export interface ProviderUser {
  /** What the log and the start's errors call it. */
  name: string
  apiUrl: string
  /** Private addresses are for an API that a test or a gateway stands in for. */
  allowPrivate?: boolean | undefined
  /** The path below `apiUrl` of this person, or undefined for somebody whom the provider cannot know. */
  pathOf: (subject: string) => string | undefined
  authorize: (circumstances: Circumstances, fetch: typeof globalThis.fetch) => Promise<string> | string
  /** A 401 came: what authorized is worth nothing any more. */
  onRefused?: () => void
  readEmail: (user: JsonAnswer['body']) => Found
}

/** Asks an identity provider's own API about a person, with a key that only servers have. */
export function providerUser({ name, apiUrl, allowPrivate, pathOf, authorize, onRefused, readEmail }: ProviderUser): LookupSource {
  requireOption(name, isHttpUrl(apiUrl), 'the API must be an https address')

  function open() {
    const fetch = guardedFetch({ allowPrivate: allowPrivate ?? false })

    async function find({ subject }: PersonQuery, circumstances: Circumstances): Promise<Found> {
      const path = pathOf(subject)
      if (path === undefined) return undefined
      const { signal, now } = circumstances
      const init = { headers: { authorization: `Bearer ${await authorize(circumstances, fetch)}` }, signal }
      const { status, body } = await askJson({ fetch, url: apiUrl + path, what: name, now, init })
      if (status === 200) return readEmail(body)
      if (status === 404) return undefined
      if (status === 401) onRefused?.()
      throw new SourceUnavailable(`${name} answered ${status}${status === 401 || status === 403 ? ': check its key and what the key may do' : ''}`)
    }
    return { find }
  }
  return { kind: 'lookup', name, open }
}
