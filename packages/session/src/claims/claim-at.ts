import type { Claims } from '../token/strict-json.ts'

/** The value at the end of a path of names, or undefined when any step of it is not there. A list is entered by number: '0'. */
export function claimAt(claims: Claims, path: readonly string[]): unknown {
  return path.reduce<unknown>(memberOf, claims)
}

function memberOf(value: unknown, name: string): unknown {
  // Claims have no prototype, but arrays and strings do: only own members count.
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  const member: unknown = Reflect.get(value, name)
  return member
}
