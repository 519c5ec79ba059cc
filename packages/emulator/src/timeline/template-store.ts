import type { ObjectType } from '../events/object-types.ts'

export const TOKEN_TYPES = ['string', 'number', 'enumeration', 'date'] as const
export type TokenType = (typeof TOKEN_TYPES)[number]

export type TokenOption = { value: string; label: string }

export type TemplateToken = {
  name: string
  label: string
  type: TokenType
  options: readonly TokenOption[]
  /** The contact property that takes the token's value with every event. */
  objectPropertyName: string | undefined
  createdAt: Date
  updatedAt: Date
}

export type Template = {
  id: string
  name: string
  objectType: ObjectType
  headerTemplate: string | undefined
  detailTemplate: string | undefined
  tokens: readonly TemplateToken[]
  createdAt: Date
  updatedAt: Date
}

export type NewTemplate = Omit<Template, 'id' | 'createdAt' | 'updatedAt'>

const FIRST_ID = 1001

/** Holds the app's event templates by id, oldest first. */
export function createTemplates(now: () => Date) {
  const templates = new Map<string, Template>()
  let nextId = FIRST_ID

  function add(wanted: NewTemplate): Template {
    const template = { ...wanted, id: String(nextId), createdAt: now(), updatedAt: now() }
    nextId += 1
    templates.set(template.id, template)
    return template
  }

  /** Changes what is named and keeps the rest. The template must exist. */
  function change(template: Template, changes: Partial<NewTemplate>): Template {
    const changed = { ...template, ...changes, updatedAt: now() }
    templates.set(template.id, changed)
    return changed
  }

  return {
    add,
    change,
    find: (id: string) => templates.get(id),
    remove: (id: string) => templates.delete(id),
    all: () => [...templates.values()],
  }
}
