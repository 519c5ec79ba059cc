import type pg from 'pg'
import { connectTo, endClient } from './servers.ts'
import type { Servers } from './servers.ts'

const FIRST_WAIT_MS = 250
const MAX_WAIT_MS = 30_000
/** A connection that says nothing may be dead: ask it. */
const ASK_EVERY_MS = 30_000
const ANSWER_TIMEOUT_MS = 5_000

export interface Listener {
  /** What our own notifications carry, so that they are not taken for another node's; undefined while there is no connection. */
  origin(): string | undefined
  close(): Promise<void>
}

/**
 * Calls `onDue` with the account of each notification of another node, from a connection of its own. A lost connection is opened
 * again, after waits that double from 250 ms to 30 s; what was said meanwhile is lost.
 */
export function listenForDue(servers: Servers, channel: string, onDue: (account: number) => void): Listener {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let waitMs = FIRST_WAIT_MS
  let isClosed = false
  let origin: string | undefined

  async function listen(): Promise<void> {
    try {
      const opened = await connectTo(servers, { query_timeout: ANSWER_TIMEOUT_MS })
      if (isClosed) return void endClient(opened)
      client = opened
      opened.once('end', () => listenLater(opened))
      opened.on('notification', ({ payload = '' }) => hear(payload))
      const { rows } = await opened.query<{ pid: number }>('select pg_backend_pid() as pid')
      origin = String(rows[0]?.pid)
      await opened.query(`listen "${channel}"`)
      waitMs = FIRST_WAIT_MS
      timer = setInterval(() => opened.query('select 1').catch(() => endClient(opened)), ASK_EVERY_MS)
    } catch {
      const failed = client
      if (failed) await endClient(failed)
      listenLater(failed)
    }
  }

  function listenLater(ended: pg.Client | undefined): void {
    if (isClosed || client !== ended) return
    client = origin = undefined
    clearInterval(timer)
    timer = setTimeout(listen, waitMs)
    waitMs = Math.min(MAX_WAIT_MS, waitMs * 2)
  }

  function hear(payload: string): void {
    const [account, from] = payload.split(' ')
    if (from !== origin) onDue(Number(account))
  }

  void listen()
  return {
    origin: () => origin,
    async close() {
      isClosed = true
      clearInterval(timer)
      if (client) await endClient(client)
    },
  }
}
