import { findDefinitionProblems } from './find-definition-problems.ts'
import type { Property } from './property.ts'

export const OBJECT_TYPES = ['contacts', 'companies', 'deals'] as const
export type ObjectType = (typeof OBJECT_TYPES)[number]

/** One kind of event: what a HubSpot user reads of it, and the properties it carries. */
export interface EventDefinition {
  /**
   * Whose timeline it is on. Default: `contacts`. Events of companies and deals come from a server key only, with `objectId`, the record's
   * number in HubSpot; their properties set no contact property.
   */
  readonly objectType?: ObjectType
  /** Name of the event type in HubSpot. Default: the event's name. */
  readonly label?: string
  /** The line on the timeline: Markdown and Handlebars, at most 1,000 characters. Default: the label. */
  readonly header?: string
  /** What opens under the line: Markdown and Handlebars, at most 10,000 characters; may use `extraData`. */
  readonly detail?: string
  readonly properties?: Readonly<Record<string, Property>>
}

export type EventDefinitions = Readonly<Record<string, EventDefinition>>

/**
 * Declares the events that may be tracked; gives back what it was given, typed to the letter.
 *
 * @throws TypeError naming every definition that cannot work, all at once: a name HubSpot refuses, a derivation from an
 *   event that is not defined, a `by` that one of the two events does not carry.
 */
export function defineEvents<const Events extends EventDefinitions>(events: Events): Events {
  const problems = findDefinitionProblems(events)
  if (problems.length) throw new TypeError(`the event definitions cannot work:\n${problems.map((line) => `  ${line}`).join('\n')}`)
  return events
}

/** Names of the properties of `Definition` that `Giver` gives. */
type NamesGivenBy<Definition extends EventDefinition, Giver> = {
  [Name in keyof Definition['properties']]: Definition['properties'][Name] extends Property<unknown, infer G>
    ? [G] extends [Giver] ? Name : never
    : never
}[keyof Definition['properties']]

type ValueOf<P> = P extends Property<infer Value> ? Value : never

type Flat<T> = { [K in keyof T]: T[K] }

/** What a client sends with an event of this definition: never a derived property. */
export type SentProperties<Definition extends EventDefinition> = Flat<
  { [Name in NamesGivenBy<Definition, 'client'>]: ValueOf<Definition['properties'][Name]> } & {
    [Name in NamesGivenBy<Definition, 'client-if-known'>]?: ValueOf<Definition['properties'][Name]> | null | undefined
  }
>

/** The arguments of `track` after the event's name: the properties may be left out when none is required. */
export type TrackArguments<Definition extends EventDefinition, Options> =
  Record<never, never> extends SentProperties<Definition>
    ? [properties?: SentProperties<Definition>, options?: Options]
    : [properties: SentProperties<Definition>, options?: Options]
