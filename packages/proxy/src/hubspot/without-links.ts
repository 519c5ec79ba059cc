import type { Json, Property, PropertyValue } from '@trackline/shared'

/**
 * Templates are Markdown, and what a visitor typed lands in them: a space keeps `[text](address)`, `[name]: address`, `<address>` and HTML from
 * becoming a link.
 */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (').replaceAll(']:', '] :').replace(/<(?=[a-z/!?])/gi, '< ')
}

/** The same for a property's value, where a visitor may have typed it: where the choices are not the definition's, or it is not known. */
export function valueWithoutLinks(value: PropertyValue, property: Property | undefined): PropertyValue {
  return typeof value === 'string' && property?.kind !== 'oneOf' ? withoutLinks(value) : value
}

/** The same for each text in it, and for each name, which a template may show as well. */
export function withoutLinksIn(value: Json): Json {
  if (typeof value === 'string') return withoutLinks(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutLinksIn)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [withoutLinks(name), withoutLinksIn(member)]))
}
