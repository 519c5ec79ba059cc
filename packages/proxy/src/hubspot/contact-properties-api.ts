import type { Property } from '@trackline/shared'
import { callHubSpot } from './call.ts'
import type { HubSpotEndpoint } from './call.ts'
import { askHubSpot, assertDone, resultsOf } from './definitions/ask-hubspot.ts'
import { textOf } from './definitions/read-fields.ts'

/** The group under which HubSpot lists the properties that we create. */
const GROUP = { name: 'trackline', label: 'Trackline' }
const CONFLICT = 409

const PROPERTY_TYPES = {
  text: { type: 'string', fieldType: 'text' },
  number: { type: 'number', fieldType: 'number' },
  boolean: { type: 'enumeration', fieldType: 'booleancheckbox' },
  date: { type: 'datetime', fieldType: 'date' },
  oneOf: { type: 'enumeration', fieldType: 'select' },
} as const

/** A contact property as HubSpot has it. */
export interface StoredContactProperty {
  /** In HubSpot's word. */
  type: string
  /** The choices of an enumeration, with all that HubSpot says of each. */
  options: object[]
}

export interface ContactPropertiesAccess {
  accessToken: string
  /** Where the API lies. Default: /crm/v3/properties/contacts */
  path?: string
}

/**
 * The contact properties of one HubSpot account. Every method throws an Error with HubSpot's own words when it refuses.
 *
 * @see https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide
 */
export function contactPropertiesApi(endpoint: HubSpotEndpoint, { accessToken, path = '/crm/v3/properties/contacts' }: ContactPropertiesAccess) {
  async function createGroup(): Promise<void> {
    const options = { method: 'POST', path: `${path}/groups`, accessToken, json: GROUP } as const
    const group = await callHubSpot(endpoint, options)
    if (group.status !== CONFLICT) assertDone(group, 'create the property group')
  }

  return {
    /** Each contact property that the account has, by its internal name. */
    async list(): Promise<Map<string, StoredContactProperty>> {
      const answer = await askHubSpot(endpoint, { method: 'GET', path, accessToken }, 'list the contact properties')
      return new Map(resultsOf(answer, 'contact properties').map((property) => [textOf(property, 'name'), readProperty(property)]))
    },

    /** HubSpot takes the list of options as a whole: those that are there by now stay as they are. */
    async addOptions(name: string, values: readonly string[]): Promise<void> {
      const purpose = `add options to the contact property '${name}'`
      const call = { path: `${path}/${name}`, accessToken }
      const { options } = readProperty(Object((await askHubSpot(endpoint, { ...call, method: 'GET' }, purpose)).body))
      await askHubSpot(endpoint, { ...call, method: 'PATCH', json: { options: [...options, ...missingFrom(options, values).map(toOption)] } }, purpose)
    },

    async create(name: string, property: Property): Promise<void> {
      await createGroup()
      const values = property.kind === 'boolean' ? ['true', 'false'] : property.values
      const json = {
        name,
        label: property.label ?? labelOf(name),
        groupName: GROUP.name,
        ...PROPERTY_TYPES[property.kind],
        ...(values ? { options: values.map(toOption) } : {}),
      }
      await askHubSpot(endpoint, { method: 'POST', path, accessToken, json }, `create the contact property '${name}'`)
    },
  }
}

function readProperty(property: object): StoredContactProperty {
  const options: unknown = Reflect.get(property, 'options')
  return { type: textOf(property, 'type'), options: Array.isArray(options) ? options.map(Object) : [] }
}

/** Of these choices, those that a property lacks. */
export function missingFrom(options: readonly object[], values: readonly string[]): string[] {
  const known = new Set(options.map((option) => textOf(option, 'value')))
  return values.filter((value) => !known.has(value))
}

function toOption(value: string): object {
  return { value, label: value }
}

/** `last_login` → `Last login`. */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
