import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { DatabaseSync } from 'node:sqlite'
import { realWorld, resolveConfig, sharedSecret, startServer } from '@trackline/proxy'
import { mintSession } from '@trackline/session'
import { defineEvents, number, text } from '@trackline/shared'

/** A row of the outbox: what the proxy has promised to deliver. */
export interface StoredEvent {
  /** The `sub` of the token that it came with. */
  sub: string
  event: string
  /** The number that the test gave it. */
  n: number
}

export type Proxy = Awaited<ReturnType<typeof openProxy>>

const SITE = { issuer: 'shop', audience: 'trackline' }
const NOBODY = 'http://127.0.0.1:9'

/** The real proxy on an outbox of its own, for pages of this origin. HubSpot is not connected, so that every row stays where it is. */
export async function openProxy(origin: string) {
  const folder = mkdtempSync(join(tmpdir(), 'trackline-snippet-'))
  const file = join(folder, 'outbox.db')
  const secret = randomBytes(32).toString('base64')
  const config = resolveConfig(
    {
      publicUrl: 'https://t.example.com',
      port: 0,
      store: `sqlite:${file}`,
      keys: `test:${randomBytes(32).toString('base64')}`,
      limits: false,
      hubspot: { clientId: 'c', clientSecret: 's', developerKey: 'd', appId: 1, baseUrl: NOBODY, appUrl: NOBODY },
      sites: { main: { origins: [origin], session: sharedSecret({ secret, ...SITE }), portal: 62515 } },
      events: defineEvents({ tracked: { label: 'Tracked', properties: { n: number(), by: text({ optional: true }) } } }),
    },
    join(folder, 'trackline.config.ts'),
  )
  const log = new Writable({ write: (_line, _encoding, done) => done() })
  const server = await startServer(config, realWorld({ logTo: log }))
  const outbox = new DatabaseSync(file, { readOnly: true })
  const rows = outbox.prepare('select coalesce(sub, subject) as sub, event, properties from outbox where instr(coalesce(sub, subject), ?) = 1 order by seq')

  return {
    url: server.url,

    /** Everything stored for people whose `sub` begins so, in the order of arrival. */
    stored(prefix: string): StoredEvent[] {
      return rows.all(prefix).map(({ sub, event, properties }) => ({ sub: String(sub), event: String(event), n: Number(JSON.parse(String(properties)).n) }))
    },

    /** A session token of the site. `expired`: as the proxy sees it, since an hour. */
    mint(sub: string, { expired = false } = {}): Promise<string> {
      const now = () => new Date(Date.now() - (expired ? 2 * 3_600_000 : 0))
      return mintSession({ sub, email: `${sub}@example.com`, secret, ttl: expired ? '1h' : '20h', now, ...SITE })
    },

    async close() {
      outbox.close()
      await server.stop()
      rmSync(folder, { recursive: true })
    },
  }
}
