import { afterAll, expect, it } from 'vitest'
import { startStack } from '../stage/start-stack.ts'

const stack = await startStack()
afterAll(stack.close)

it('smoke', async () => {
  const reply = await stack.track({ event: 'login', properties: { method: 'sso' } })
  expect(reply.status).toBe(202)
  expect(await stack.delivered('ada@example.com', 1)).toHaveLength(1)
})
