/** Kinds of records that an event can belong to, as v3 spells them. */
export const OBJECT_TYPES = ['contacts', 'companies', 'deals', 'tickets'] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

const SINGULARS = { contacts: 'CONTACT', companies: 'COMPANY', deals: 'DEAL', tickets: 'TICKET' } as const

/** The spelling of every API but v3: `CONTACT`. */
export function singularOf(objectType: ObjectType): string {
  return SINGULARS[objectType]
}

/** Reads the spelling of every API but v3; undefined for anything else. */
export function readSingular(value: unknown): ObjectType | undefined {
  return OBJECT_TYPES.find((objectType) => SINGULARS[objectType] === value)
}
