import { expect, it } from 'vitest'
import { eventTypesApi } from '../../src/hubspot/definitions/event-types-api.ts'
import { patientEndpoint } from '../../src/hubspot/definitions/patient-endpoint.ts'
import { openHubSpot } from '../flows/push-definitions/open-hubspot.ts'

const APP = { appId: 1, developerKey: 'trackline-dev-key' }

it('a call that comes too soon waits as long as HubSpot says, and goes through then', async () => {
  const { endpoint, post } = await openHubSpot()
  await post('/_emulator/limits', { per10s: 1 })
  const waits: number[] = []
  const sleep = async (ms: number) => {
    waits.push(ms)
    await post('/_emulator/limits', { per10s: null })
  }
  const api = eventTypesApi(patientEndpoint(endpoint, sleep), APP)
  expect([await api.list(), await api.list()]).toEqual([[], []])
  expect(waits).toEqual([10_000])
})

it("nobody waits at a terminal for the day's limit", async () => {
  const { endpoint, post } = await openHubSpot()
  await post('/_emulator/limits', { perDay: 1 })
  const never = () => Promise.reject(new Error('it waited'))
  const api = eventTypesApi(patientEndpoint(endpoint, never), APP)
  await api.list()
  await expect(api.list()).rejects.toThrow(/HubSpot would not list the event types: .*daily/i)
})
