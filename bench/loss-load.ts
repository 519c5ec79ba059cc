import { once } from 'node:events'
import { openConnection } from './connection.ts'
import { eventBody } from './event-body.ts'
import { originOf } from './origin.ts'

/** Sends until the server is gone: says when so many events are acknowledged, and at the end which they were. */
export interface LossLoadSettings {
  url: string
  tokens: string[]
  connections: number
  tellAt: number
}

const [{ url, tokens, connections, tellAt }] = (await once(process, 'message')) as [LossLoadSettings] // What `measureLosses` sends.
const acknowledged: string[] = []
let sent = 0
await Promise.allSettled(Array.from({ length: connections }, sendUntilGone))
// It is long: the channel stays open until it has gone.
process.send?.(acknowledged, () => process.disconnect())

async function sendUntilGone(): Promise<void> {
  const connection = await openConnection(url)
  for (;;) {
    const { body, messageIds } = eventBody(1, true)
    const status = await connection.post('/v1/batch', { origin: originOf(1), authorization: `Bearer ${tokens[sent++ % tokens.length]}` }, body)
    if (status >= 300) throw new Error(`answered ${status}`)
    acknowledged.push(...messageIds)
    if (acknowledged.length === tellAt) process.send?.('now')
  }
}
