import { callHubSpot } from './call.ts'
import type { HubSpotEndpoint } from './call.ts'
import { readErrorBody } from './error-body.ts'

/**
 * Lists the event types (timeline v1) of one HubSpot app, with its developer key.
 *
 * @throws Error with HubSpot's own words when it refuses
 */
export async function listEventTypes(endpoint: HubSpotEndpoint, app: { appId: number; developerKey: string }): Promise<{ id: string; name: string }[]> {
  const path = `/integrations/v1/${app.appId}/timeline/event-types?hapikey=${encodeURIComponent(app.developerKey)}`
  const { status, body } = await callHubSpot(endpoint, { method: 'GET', path })
  if (status !== 200 || !Array.isArray(body)) {
    throw new Error(`HubSpot would not list the event types: ${readErrorBody(body).message ?? `it answered ${status}`}`)
  }
  return body.map((type: { id?: unknown; name?: unknown }) => ({ id: String(type.id), name: String(type.name) }))
}
