import { expect, it } from 'vitest'
import { createReceivedLog } from '../../src/http/received-log.ts'
import { startStack } from '../stage/start-stack.ts'

it('many requests of one site are one line, which counts what each event was answered', () => {
  const lines: unknown[] = []
  const received = createReceivedLog((line, story) => lines.push({ story, ...line }))
  received.count('main', [{ messageId: 'a', status: 'queued' }, { messageId: 'b', status: 'duplicate' }])
  received.count('shop', [{ messageId: 'c', status: 'queued' }])
  received.count('main', [{ messageId: 'd', status: 'rejected' }, { messageId: 'e', status: 'queued' }])
  received.flush()
  received.flush()
  expect(lines).toEqual([
    { story: 'events.received', site: 'main', requests: 2, queued: 2, duplicate: 1, rejected: 1 },
    { story: 'events.received', site: 'shop', requests: 1, queued: 1, duplicate: 0, rejected: 0 },
  ])
})

it('what came just before the end is in the log all the same', async () => {
  const stack = await startStack({ isConnected: false })
  await stack.track({ event: 'login', properties: { method: 'sso' } })
  await stack.close()
  expect(stack.logged()).toMatch(/"requests":1,"queued":1.*events\.received/)
})
