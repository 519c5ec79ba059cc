import { DEVELOPER_APP } from '../src/index.ts'
import type { Session } from './open-account.ts'

export const KEY = `hapikey=${DEVELOPER_APP.developerKey}`
export const V1_TYPES = `/integrations/v1/${DEVELOPER_APP.id}/timeline/event-types`
export const V1_EVENTS = `/integrations/v1/${DEVELOPER_APP.id}/timeline/event`
export const APP_TYPES = '/_emulator/app-event-types'
export const APP_EVENTS = '/integrators/timeline/2026-03/events'
export const DEFINITIONS = '/events/2026-03/event-definitions'
export const CUSTOM_EVENTS = '/events/2026-03/send'
export const UPSERT = '/crm/v3/objects/contacts/batch/upsert'

export const METHODS = [
  { value: 'sso', label: 'Single sign-on' },
  { value: 'password', label: 'Password' },
]

/** Creates a v1 event type for logins with one property of each type, and gives its id. */
export async function v1LoginType({ post }: Session, changes: Record<string, unknown> = {}): Promise<number> {
  const type = { name: 'login', applicationId: DEVELOPER_APP.id, headerTemplate: 'Logged in with {{method}}', ...changes }
  const id = number((await post(`${V1_TYPES}?${KEY}`, type)).json, 'id')
  for (const property of V1_PROPERTIES) await post(`${V1_TYPES}/${id}/properties?${KEY}`, property)
  return id
}

export const V1_PROPERTIES = [
  { name: 'method', label: 'Method', propertyType: 'Enumeration', options: METHODS },
  { name: 'device', label: 'Device', propertyType: 'String', contactProperty: 'jobtitle' },
  { name: 'tries', label: 'Tries', propertyType: 'Numeric' },
  { name: 'since', label: 'Since', propertyType: 'Date' },
]

export const APP_LOGIN = {
  uid: 'login',
  type: 'app-event',
  config: {
    name: 'Logged in',
    objectType: 'CONTACT',
    headerTemplate: 'Logged in with {{method}}',
    detailTemplate: 'From **{{extraData.city}}**',
    properties: [
      { name: 'method', label: 'Method', type: 'enumeration', options: METHODS },
      { name: 'tries', label: 'Tries', type: 'number' },
      { name: 'since', label: 'Since', type: 'date' },
    ],
  },
}

export const CUSTOM_LOGIN = {
  label: 'Logged in',
  name: 'login',
  primaryObject: 'CONTACT',
  propertyDefinitions: [
    { name: 'method', label: 'Method', type: 'enumeration', options: METHODS },
    { name: 'tries', label: 'Tries', type: 'number' },
    { name: 'since', label: 'Since', type: 'datetime' },
    { name: 'device', label: 'Device', type: 'string' },
  ],
}

/** A numeric field of an answer; fails the test when there is none. */
export function number(json: unknown, name: string): number {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined
  if (typeof value === 'number') return value
  throw new Error(`the answer has no number "${name}": ${JSON.stringify(json)}`)
}
