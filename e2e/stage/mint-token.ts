import { mintSession } from '@trackline/session'
import type { MintOptions } from '@trackline/session'

export interface Somebody {
  id: string
  email: string
}

type Env = Readonly<Record<string, string>>

/** A session token as the demo site makes them; `changes` spoils it, or is for another site. */
export function mintToken(env: Env, { id, email }: Somebody, changes: Partial<MintOptions> = {}): Promise<string> {
  const secret = env.SESSION_SECRET ?? ''
  return mintSession({ sub: id, email, issuer: 'northwind', audience: 'trackline', secret, ttl: '10m', ...changes })
}
