import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { resolveConfig } from '../src/config.ts'
import { startServer } from '../src/server.ts'
import type { RunningServer } from '../src/server.ts'
import { realWorld } from '../src/world.ts'
import { startStack } from './stage/start-stack.ts'
import { until } from './stage/until.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

it('a process that only ingests stores, and one that only delivers takes no event and delivers what the other stored', async () => {
  const stack = await startStack()
  closing.push(stack.close)
  await stack.server.stop()
  const config = resolveConfig(stack.options, join(stack.folder, 'trackline.config.ts'))
  const start = async (role: 'ingest' | 'deliver'): Promise<RunningServer> => {
    const server = await startServer(config, realWorld({ logLevel: 'silent' }), role)
    closing.push(server.stop)
    return server
  }
  const track = async ({ url }: RunningServer) => {
    const headers = { authorization: `Bearer ${await stack.mint()}`, 'content-type': 'application/json' }
    return fetch(`${url}/v1/track`, { method: 'POST', headers, body: '{ "event": "login", "properties": { "method": "sso" } }' })
  }

  const ingesting = await start('ingest')
  expect((await track(ingesting)).status).toBe(202)
  expect(await ingesting.parts.store.audit()).toMatchObject({ queued: 1, delivered: 0 })
  const delivering = await start('deliver')
  await until('it is delivered', async () => (await ingesting.parts.store.audit()).delivered === 1)
  const refused = await track(delivering)
  expect({ status: refused.status, problem: await refused.json() }).toMatchObject({ status: 404, problem: { code: 'NOT_FOUND', detail: 'there is nothing at POST /v1/track: this process only delivers (role deliver)' } })
  expect((await fetch(`${delivering.url}/readyz`)).status).toBe(200)
})
