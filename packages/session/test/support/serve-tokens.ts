import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { reply, serveKeys } from './serve-keys.ts'
import type { KeyServer } from './serve-keys.ts'

export interface TokenServer extends AsyncDisposable {
  readonly fetch: typeof globalThis.fetch
  readonly server: KeyServer
  /** The requests so far: how the token came, and which. */
  readonly asked: { via: 'form' | 'bearer' | 'cookie'; token: string; authorization: string | undefined }[]
}

/** An endpoint that knows whose a token is: for a token that it does not know, RFC 7662 has one answer and browsers another. */
export async function serveTokens(answerFor: (token: string) => Buffer | undefined): Promise<TokenServer> {
  const server = await serveKeys([])
  const asked: TokenServer['asked'] = []
  server.answer = async (request, response) => {
    const question = await questionOf(request)
    asked.push({ ...question, authorization: request.headers.authorization })
    const answer = answerFor(question.token)
    if (answer) response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
    else if (question.via === 'form') reply(200, '{"active":false}')(request, response)
    else reply(401)(request, response)
  }
  return {
    fetch: (_input, init) => fetch(server.url, init),
    server,
    asked,
    [Symbol.asyncDispose]: server.close,
  }
}

async function questionOf(request: IncomingMessage): Promise<{ via: 'form' | 'bearer' | 'cookie'; token: string }> {
  const { authorization = '', cookie = '' } = request.headers
  if (request.method === 'POST') return { via: 'form', token: new URLSearchParams(await text(request)).get('token') ?? '' }
  if (authorization.startsWith('Bearer ')) return { via: 'bearer', token: authorization.slice('Bearer '.length) }
  return { via: 'cookie', token: cookie.slice(cookie.indexOf('=') + 1) }
}
