import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'

export interface RawReply {
  status: number | undefined
  text: string
}

/** Sends JSON with as many Authorization headers as there are given: `fetch` would join them into one. */
export async function postRaw(url: string, body: object, authorization: string[]): Promise<RawReply> {
  const credentials = authorization.flatMap((value) => ['authorization', value])
  const headers = ['content-type', 'application/json', 'host', new URL(url).host, ...credentials]
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method: 'POST', headers }).once('error', reject).once('response', resolve).end(JSON.stringify(body))
  })
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, text }
}
