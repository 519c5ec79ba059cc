import { startEmulator } from '@trackline/emulator'
import type { EventDefinition, EventDefinitions } from '@trackline/shared'
import { onTestFinished } from 'vitest'
import { compareEventTypes } from '../../../src/flows/push-definitions/compare-event-types.ts'
import type { EventTypePlace } from '../../../src/flows/push-definitions/compare-event-types.ts'
import type { Comparison } from '../../../src/flows/push-definitions/step.ts'
import { contactPropertiesApi } from '../../../src/hubspot/contact-properties-api.ts'
import { customDefinitionsApi } from '../../../src/hubspot/definitions/custom-definitions-api.ts'
import type { EventType, EventTypesApi } from '../../../src/hubspot/definitions/event-type.ts'
import { eventTypesApi } from '../../../src/hubspot/definitions/event-types-api.ts'
import { templatesApi } from '../../../src/hubspot/definitions/templates-api.ts'
import { toCustomDefinition } from '../../../src/hubspot/definitions/to-custom-definition.ts'
import { toEventType } from '../../../src/hubspot/definitions/to-event-type.ts'

export const PORTAL = 62515
const DEVELOPER_KEY = 'trackline-dev-key'

/** HubSpot's ways to keep a kind of event, and what lets us manage them. */
export const WAYS = ['v3 by developer key', 'v3 by OAuth', 'v1 by developer key', 'custom events by OAuth'] as const
export type Way = (typeof WAYS)[number]

export type OpenHubSpot = Awaited<ReturnType<typeof openHubSpot>>

/** An emulator of the test's own, and every interface that definitions are pushed through. */
export async function openHubSpot() {
  const emulator = await startEmulator()
  onTestFinished(emulator.close)
  const endpoint = { baseUrl: emulator.url, fetch, timeoutMs: 5_000 }
  const answer = await fetch(`${emulator.url}/_emulator/token?portal=${PORTAL}`)
  const { access_token: accessToken }: { access_token: string } = JSON.parse(await answer.text())
  const apis: Record<Way, EventTypesApi> = {
    'v3 by developer key': templatesApi(endpoint, { appId: 1, access: { developerKey: DEVELOPER_KEY } }),
    'v3 by OAuth': templatesApi(endpoint, { appId: 1, access: { accessToken } }),
    'v1 by developer key': eventTypesApi(endpoint, { appId: 1, developerKey: DEVELOPER_KEY }),
    'custom events by OAuth': customDefinitionsApi(endpoint, { accessToken }),
  }

  async function post(path: string, body: object): Promise<void> {
    await fetch(emulator.url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  }

  return {
    url: emulator.url,
    endpoint,
    apis,
    post,
    properties: contactPropertiesApi(endpoint, { accessToken }),
    withKey: (developerKey: string) => templatesApi(endpoint, { appId: 1, access: { developerKey } }),
    withToken: (token: string) => contactPropertiesApi(endpoint, { accessToken: token }),
    customWithToken: (token: string) => customDefinitionsApi(endpoint, { accessToken: token }),
  }
}

export function typesFor(way: Way, events: EventDefinitions): Map<string, EventType> {
  const toType: (name: string, definition: EventDefinition) => EventType = way === 'custom events by OAuth' ? toCustomDefinition : toEventType
  return new Map(Object.entries(events).map(([name, definition]) => [name, toType(name, definition)]))
}

export function compare(hubspot: OpenHubSpot, way: Way, events: EventDefinitions, where: Partial<EventTypePlace> = {}): Promise<Comparison> {
  return compareEventTypes(typesFor(way, events), { api: hubspot.apis[way], place: way, ...where })
}

/** Makes every change of a plan; gives back what each said. */
export async function run({ steps, problems }: Comparison): Promise<string[]> {
  if (problems.length) throw new Error(problems.join('\n'))
  for (const step of steps) await step.run()
  return steps.map((step) => step.says)
}
