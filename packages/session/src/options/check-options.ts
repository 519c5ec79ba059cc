import { describeShape, describeValue } from './describe-value.ts'

/** One option: what it must be, in words and as a test. */
export interface OptionRule {
  readonly expected: string
  readonly accepts: (value: unknown) => boolean
  readonly required?: true
  /** The message tells the shape of a wrong value, never the value. */
  readonly secret?: true
  /**
   * Without this option a check falls away. An `undefined` that is written out (an unset environment variable,
   * most often) is then a mistake; for the other options it means the same as leaving the option out.
   */
  readonly loosens?: true
}

export type OptionRules = Readonly<Record<string, OptionRule>>

/**
 * Refuses options that break a rule or are not known, since a misspelt `audience` would drop the audience check.
 * @throws TypeError that names every wrong option, what was expected and what came.
 */
export function checkOptions(owner: string, options: unknown, rules: OptionRules): void {
  if (!isRecord(options)) throw new TypeError(`${owner}: options must be an object, got ${describeShape(options)}`)
  refuseProblems(owner, optionProblems(options, rules))
}

/** @throws TypeError with all the problems in one message; returns when there are none. */
export function refuseProblems(owner: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new TypeError(`${owner}: ${problems.join('; ')}`)
}

function optionProblems(options: Record<string, unknown>, rules: OptionRules): string[] {
  const unknown = Object.keys(options)
    .filter((name) => !Object.hasOwn(rules, name))
    .map((name) => `${describeValue(name)} is not an option; the options are ${Object.keys(rules).join(', ')}`)
  const broken = Object.entries(rules)
    .filter(([name, rule]) => isBroken(rule, options[name], Object.hasOwn(options, name)))
    .map(([name, rule]) => `\`${name}\` must be ${rule.expected}, got ${gotText(rule, options[name])}`)
  return [...unknown, ...broken]
}

function isBroken(rule: OptionRule, value: unknown, isWritten: boolean): boolean {
  if (value !== undefined) return !rule.accepts(value)
  return rule.required === true || (isWritten && rule.loosens === true)
}

function gotText(rule: OptionRule, value: unknown): string {
  return rule.secret ? describeShape(value) : describeValue(value)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
