import type { Derivation, MomentDerivation, QuantityDerivation } from './derivation.ts'

/** Who gives the value: the client always, the client if it likes, or the proxy. */
export type GivenBy = 'client' | 'client-if-known' | 'proxy'

/** One property of an event. `Value` is what `track()` takes for it. */
export interface Property<Value = unknown, Giver extends GivenBy = GivenBy> {
  readonly kind: 'text' | 'number' | 'boolean' | 'date' | 'oneOf'
  readonly givenBy: Giver
  /** What a HubSpot user reads. Default: the property's name. */
  readonly label?: string
  /** `oneOf` only. */
  readonly values?: readonly string[]
  /** How the proxy computes the value; `givenBy` is then `'proxy'`. */
  readonly derive?: Derivation
  /** Internal name of the HubSpot contact property that each event sets to this value. */
  readonly contactProperty?: string
  /** Exists in types only. */
  readonly _value?: Value
}

export interface PropertyOptions<D extends Derivation = never> {
  label?: string
  optional?: boolean
  contactProperty?: string
  derive?: D
}

type GiverOf<Options> = Options extends { derive: Derivation }
  ? 'proxy'
  : Options extends { optional: true }
    ? 'client-if-known'
    : 'client'

/** A string of at most 2,000 characters. */
export function text<const Options extends PropertyOptions>(options?: Options): Property<string, GiverOf<Options>> {
  return property('text', options)
}

/** A finite number. May be derived with `count` or `elapsed`. */
export function number<const Options extends PropertyOptions<QuantityDerivation>>(
  options?: Options,
): Property<number, GiverOf<Options>> {
  return property('number', options)
}

/** `true` or `false`; HubSpot shows it as an enumeration of the two. */
export function boolean<const Options extends PropertyOptions>(options?: Options): Property<boolean, GiverOf<Options>> {
  return property('boolean', options)
}

/** A moment: a `Date`, ISO 8601 with a zone, or milliseconds since 1970. May be derived with `previous`, `last` or `first`. */
export function date<const Options extends PropertyOptions<MomentDerivation>>(
  options?: Options,
): Property<Date | string | number, GiverOf<Options>> {
  return property('date', options)
}

/** One of the given strings. */
export function oneOf<const Values extends readonly string[], const Options extends PropertyOptions>(
  values: Values,
  options?: Options,
): Property<Values[number], GiverOf<Options>> {
  return { ...property<Values[number], GiverOf<Options>>('oneOf', options), values }
}

function property<Value, Giver extends GivenBy>(
  kind: Property['kind'],
  options: PropertyOptions<Derivation> = {},
): Property<Value, Giver> {
  const { optional, ...kept } = options
  const givenBy: GivenBy = options.derive ? 'proxy' : optional ? 'client-if-known' : 'client'
  // GiverOf computes in types exactly what the line above computes in values.
  return { kind, givenBy: givenBy as Giver, ...kept }
}
