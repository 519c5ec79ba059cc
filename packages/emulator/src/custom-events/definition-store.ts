import type { Template, TemplateToken } from '../timeline/template-store.ts'

export type CustomProperty = TemplateToken & {
  description: string
  /** One of those that HubSpot offers for every custom event. */
  isDefault: boolean
}

/** A kind of custom event. It belongs to one account; its id is the fully qualified name, `name` is what people see. */
export type CustomDefinition = Omit<Template, 'tokens'> & {
  portalId: number
  /** Without the account: `login` of `pe62515_login`. */
  shortName: string
  /** HubSpot's number of the definition. */
  number: number
  description: string
  tokens: readonly CustomProperty[]
}

export type NewDefinition = Pick<CustomDefinition, 'name' | 'shortName' | 'description' | 'objectType' | 'tokens'>

type Use = { eventId: string; at: Date }

const FIRST_NUMBER = 3001
const UUID_LIFETIME_MS = 365 * 24 * 60 * 60 * 1000

/** Holds each account's custom event definitions by fully qualified name, and which `uuid` its events have used. */
export function createCustomEvents(now: () => Date) {
  const definitions = new Map<string, CustomDefinition>()
  const uses = new Map<string, Use>()
  let nextNumber = FIRST_NUMBER

  function add(portalId: number, wanted: NewDefinition): CustomDefinition {
    const texts = { headerTemplate: undefined, detailTemplate: undefined, createdAt: now(), updatedAt: now() }
    const definition = { ...wanted, ...texts, portalId, number: nextNumber, id: `pe${portalId}_${wanted.shortName}` }
    nextNumber += 1
    definitions.set(definition.id, definition)
    return definition
  }

  /** Changes what is named and keeps the rest. The definition must exist. */
  function change(definition: CustomDefinition, changes: Partial<NewDefinition>): CustomDefinition {
    const changed = { ...definition, ...changes, updatedAt: now() }
    definitions.set(definition.id, changed)
    return changed
  }

  /** The definition, if it is this account's. */
  function find(portalId: number, fullName: string): CustomDefinition | undefined {
    const definition = definitions.get(fullName)
    return definition?.portalId === portalId ? definition : undefined
  }

  /** The event that has used a uuid within the last year. */
  function findUse(typeId: string, uuid: string): string | undefined {
    const use = uses.get(useKey(typeId, uuid))
    return use && now().getTime() - use.at.getTime() < UUID_LIFETIME_MS ? use.eventId : undefined
  }

  return {
    add,
    change,
    find,
    findUse,
    noteUse: (typeId: string, uuid: string, eventId: string) => void uses.set(useKey(typeId, uuid), { eventId, at: now() }),
    remove: (fullName: string) => definitions.delete(fullName),
    ofAccount: (portalId: number) => [...definitions.values()].filter((definition) => definition.portalId === portalId),
  }
}

function useKey(typeId: string, uuid: string): string {
  return JSON.stringify([typeId, uuid])
}
