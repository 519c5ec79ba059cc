import type { RequestListener } from 'node:http'
import { publish, reply, serveKeys } from './serve-keys.ts'
import type { KeyServer } from './serve-keys.ts'

/** What a provider publishes, by full address. */
export type Published = Readonly<Record<string, unknown>>

export interface ProviderServer extends AsyncDisposable {
  /** Reaches the provider's addresses on loopback, over real HTTP; an address that it does not publish is a 404. */
  readonly fetch: typeof globalThis.fetch
  readonly server: KeyServer
  /** The addresses asked for so far, in order. */
  readonly asked: readonly string[]
}

/** Stands in for an identity provider: its addresses are served on loopback, and nowhere else. */
export async function serveProvider(published: Published): Promise<ProviderServer> {
  const server = await serveKeys([])
  const asked: string[] = []
  server.answer = (request, response) => {
    const address = decodeURIComponent(request.url?.slice('/?'.length) ?? '')
    asked.push(address)
    const document = published[address]
    answerWith(document)(request, response)
  }
  const { origin } = new URL(server.url)
  return {
    fetch: (input, init) => fetch(`${origin}/?${encodeURIComponent(String(input))}`, init),
    server,
    asked,
    [Symbol.asyncDispose]: server.close,
  }
}

function answerWith(document: unknown): RequestListener {
  if (document === undefined) return reply(404)
  return Array.isArray(document) ? publish(document) : reply(200, JSON.stringify(document))
}
