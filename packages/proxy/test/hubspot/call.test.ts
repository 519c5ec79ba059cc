import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { callHubSpot, NoAnswerError } from '../../src/hubspot/call.ts'
import { lightFetch } from '../../src/light-fetch.ts'
import { serveAnswers } from '../stage/serve-answers.ts'
import type { Served } from '../stage/serve-answers.ts'
import { until } from '../stage/until.ts'

async function open(answer: Served, timeoutMs = 20_000) {
  const { url, asked } = await serveAnswers(() => answer)
  const ending = new AbortController()
  const call = () => callHubSpot({ baseUrl: url, fetch: lightFetch, timeoutMs, ending: ending.signal }, { method: 'GET', path: '/' })
  return { call, asked, end: () => ending.abort(new Error('the process ended before it came')), listeners: () => getEventListeners(ending.signal, 'abort').length }
}

it('an answer that takes too long is none', async () => {
  const { call } = await open('never', 100)
  await expect(call()).rejects.toThrow('no answer from HubSpot: none within 100 ms')
})

it('at the end of the process nobody waits for an answer, whether the call has begun or not', async () => {
  const { call, asked, end } = await open('never')
  const begun = expect(call()).rejects.toThrow('no answer from HubSpot: the process ended before it came')
  await until('it has been sent', () => asked.length === 1)
  end()
  await begun
  await expect(call()).rejects.toThrow('no answer from HubSpot: the process ended before it came')
  expect(asked).toHaveLength(1)
})

it('an answer of more than 16 MiB is none: it is not read to its end', async () => {
  const { call } = await open({ status: 200, body: JSON.stringify('x'.repeat(16 * 1024 * 1024)) })
  await expect(call()).rejects.toThrow(NoAnswerError)
})

it('an answer of some megabytes is read', async () => {
  const long = 'x'.repeat(8 * 1024 * 1024)
  const { call } = await open({ status: 200, body: JSON.stringify(long) })
  expect((await call()).body === long).toBe(true)
})

it('a call that was answered leaves nothing behind', async () => {
  const { call, listeners } = await open({ status: 200, body: '{}' })
  expect(await call()).toMatchObject({ status: 200, body: {} })
  expect(listeners()).toBe(0)
})
