import { STANDARD_GROUP, STANDARD_PROPERTIES } from './standard-properties.ts'

export type Property = {
  name: string
  label: string
  type: string
  fieldType: string
  groupName: string
  description: string
  options: readonly Record<string, unknown>[]
  hubspotDefined: boolean
  createdAt: Date
  updatedAt: Date
  archived: false
}

export type PropertyGroup = { name: string; label: string; displayOrder: number; archived: false }

type Account = { properties: Map<string, Property>; groups: Map<string, PropertyGroup> }

/** Holds the contact properties of each account: the standard ones, and those an app or a person created. */
export function createProperties(now: () => Date) {
  const accounts = new Map<number, Account>()

  function account(portalId: number): Account {
    const known = accounts.get(portalId) ?? newAccount(now())
    accounts.set(portalId, known)
    return known
  }

  return {
    find: (portalId: number, name: string) => account(portalId).properties.get(name),
    all: (portalId: number) => [...account(portalId).properties.values()],
    add(portalId: number, wanted: Omit<Property, 'createdAt' | 'updatedAt' | 'archived' | 'hubspotDefined'>): Property {
      const property: Property = { ...wanted, hubspotDefined: false, createdAt: now(), updatedAt: now(), archived: false }
      account(portalId).properties.set(property.name, property)
      return property
    },
    findGroup: (portalId: number, name: string) => account(portalId).groups.get(name),
    allGroups: (portalId: number) => [...account(portalId).groups.values()],
    addGroup(portalId: number, wanted: Omit<PropertyGroup, 'archived'>): PropertyGroup {
      const group: PropertyGroup = { ...wanted, archived: false }
      account(portalId).groups.set(group.name, group)
      return group
    },
  }
}

function newAccount(now: Date): Account {
  const properties = STANDARD_PROPERTIES.map((standard): [string, Property] => [
    standard.name,
    {
      ...standard,
      groupName: STANDARD_GROUP.name,
      description: '',
      options: [],
      hubspotDefined: true,
      createdAt: now,
      updatedAt: now,
      archived: false,
    },
  ])
  const group: PropertyGroup = { ...STANDARD_GROUP, displayOrder: -1, archived: false }
  return { properties: new Map(properties), groups: new Map([[group.name, group]]) }
}
