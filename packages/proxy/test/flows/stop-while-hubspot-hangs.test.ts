import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { startStack } from '../stage/start-stack.ts'
import { until } from '../stage/until.ts'

it('a service that is stopped while HubSpot answers nothing writes down that it tried: that is no death of the process', { timeout: 20_000 }, async () => {
  const stack = await startStack()
  onTestFinished(stack.close)
  await stack.emulated('/_emulator/faults', 'POST', { path: '/batch', delayMs: 60_000 })
  await stack.track([{ event: 'login', messageId: 'one', properties: { method: 'sso' } }])
  await until('it is being sent', async () => (await stack.emulated<unknown[]>('/_emulator/faults')).length === 0)
  await stack.server.stop()

  const database = new DatabaseSync(join(stack.folder, 'outbox.db'))
  const row = database.prepare('select state, attempts, abandoned, claimed_epoch, code, detail from outbox').get()
  database.close()
  expect({ ...row }).toEqual({
    ...{ state: 'due', attempts: 1, abandoned: 0, claimed_epoch: null },
    ...{ code: 'HUBSPOT_UNREACHABLE', detail: 'no answer from HubSpot: the process ended before it came' },
  })
  expect(stack.logged()).toContain('"isComplete":true')
})
