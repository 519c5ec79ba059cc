import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ACCOUNT, anEvent, connect, LEASE_MS } from '../store/behaviour/store-stage.ts'
import { sqliteStores } from '../store/open-sqlite.ts'

const open = sqliteStores()
const SCRIPT = fileURLToPath(import.meta.resolve('../stage/deliver-and-die.ts'))
const MOST_DEATHS = 12

it('an event that ends the process takes none with it: neither of its account nor of others', async () => {
  const { path, store, reopen } = await open()
  await connect(store, ACCOUNT)
  await connect(store, ACCOUNT + 1)
  const receivedAt = Date.now()
  await store.enqueue([
    anEvent({ messageId: 'harmful', receivedAt }),
    anEvent({ messageId: 'neighbour', subject: 'bob', receivedAt }),
    anEvent({ messageId: 'other target', subject: 'carol', targets: ['contact-properties'], receivedAt }),
    anEvent({ messageId: 'other account', account: ACCOUNT + 1, receivedAt }),
  ])
  await store.close()
  let deaths = 0
  while (deliver(path, deaths * (LEASE_MS + 1)) === 'SIGKILL' && deaths < MOST_DEATHS) deaths++
  expect(deaths).toBe(8)
  const after = await reopen()
  const stateOf = async (messageId: string, account = ACCOUNT) => (await after.findEvent({ account, site: 'main', messageId }))[0]
  expect(await stateOf('harmful')).toMatchObject({ state: 'dead', code: 'PROCESS_ENDED' })
  expect(await stateOf('neighbour')).toMatchObject({ state: 'delivered' })
  expect(await stateOf('other target')).toMatchObject({ state: 'delivered' })
  expect(await stateOf('other account', ACCOUNT + 1)).toMatchObject({ state: 'delivered' })
}, 60_000)

function deliver(path: string, passedMs: number): NodeJS.Signals | number | null {
  const { status, signal, stderr } = spawnSync(process.execPath, [SCRIPT, path, String(passedMs)], { encoding: 'utf8', timeout: 30_000 })
  if (status) throw new Error(stderr)
  return signal ?? status
}
