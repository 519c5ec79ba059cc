import { mintToken } from './mint-token.ts'
import type { Stage } from './open-stage.ts'

const ADA = { id: 'ada', email: 'ada@example.com' }

export interface Refusal {
  status: number
  /** Headers and body. */
  text: string
}

/** Asks for everything that the proxy refuses, and gives what it says. */
export async function collectRefusals({ proxyUrl, env }: Pick<Stage, 'proxyUrl' | 'env'>): Promise<Refusal[]> {
  const authorization = `Bearer ${await mintToken(env, ADA)}`
  const tracked = (headers: Record<string, string>, body = '{}'): [string, RequestInit] => {
    return ['/v1/track', { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body }]
  }
  const requests: [path: string, init: RequestInit][] = [
    tracked({}),
    tracked({ authorization: `${authorization}x` }),
    tracked({ authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }),
    tracked({ authorization: `Bearer tl_${'a'.repeat(49)}` }),
    tracked({ authorization }, '{"event":'),
    tracked({ authorization }, '{"event":"logn"}'),
    tracked({ authorization, origin: 'https://evil.example' }, '{"event":"logout"}'),
    ['/v1/events/unknown', { headers: { authorization } }],
    ['/oauth/install?site=main&link=guessed', {}],
    ['/oauth/callback?code=guessed&state=guessed', {}],
    ['/oauth/callback?error=access_denied', {}],
    ['/nothing', {}],
  ]
  return Promise.all(requests.map(async ([path, init]) => {
    const response = await fetch(proxyUrl + path, init)
    return { status: response.status, text: `${[...response.headers].join('\n')}\n${await response.text()}` }
  }))
}
